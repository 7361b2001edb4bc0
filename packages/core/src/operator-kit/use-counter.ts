import { PipelineError } from '../contract/errors.ts';
import { currentHost } from './current-host.ts';

/** Counts something by name: committed with the epoch inside a task, ignored elsewhere. */
export function useCounter(name: string): () => void {
  if (name === 'in' || name === 'out' || name === 'dead')
    throw new PipelineError(`a counter cannot be called ${name}: the task counts that itself`);
  const host = currentHost(name);
  return host ? () => host.count(name) : () => {};
}
