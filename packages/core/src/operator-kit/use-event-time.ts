import { currentHost } from './current-host.ts';

/** Follows moves of event time that no event makes; gives whether all moves are such. Outside a task there are none. */
export function useEventTime(operator: string, advance: (time: number) => void): () => boolean {
  const host = currentHost(operator);
  if (!host) return () => false;
  host.followTime(advance);
  return () => host.isTimeCarried;
}
