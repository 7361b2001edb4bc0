import { currentHost } from './current-host.ts';

/** Tells why an event at a time cannot be taken: inside a task, when it is too far ahead of its append to the log. */
export function useTimeCheck(
  operator: string,
): (time: number, loggedAt: number) => string | undefined {
  const host = currentHost(operator);
  return host ? (time, loggedAt) => host.refusalOfTime(time, loggedAt) : () => undefined;
}
