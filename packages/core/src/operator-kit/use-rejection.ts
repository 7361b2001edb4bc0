import { PipelineError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { currentHost } from './current-host.ts';

/** Gives up on the event being processed: a dead letter inside a task, handed to `outside` elsewhere. */
export function useRejection<T>(
  operator: string,
  outside: ((event: StreamEvent<T>, reason: string) => void) | undefined,
): (event: StreamEvent<T>, reason: string) => void {
  const host = currentHost(operator);
  if (host) return (_event, reason) => host.reject(operator, reason);
  if (outside) return outside;
  return (_event, reason) => {
    throw new PipelineError(
      `${operator} rejects an event: ${reason}; outside a job, pass a handler`,
    );
  };
}
