import { PipelineError } from '../contract/errors.ts';
import type { Output } from '../contract/output.ts';
import { currentHost } from './current-host.ts';

/**
 * Gives elements to a named output: inside a task they go where the job says, with the epoch;
 * in any other pipeline, to `outside`. Call it while the operator is being subscribed: that declares the output.
 *
 * @throws PipelineError from the function it returns, when an element comes and nobody takes it.
 */
export function useOutput<T>(
  output: Output<T>,
  outside?: (element: T) => void,
): (element: T) => void {
  const host = currentHost(output.name);
  if (host) return host.output(output.name);
  if (outside) return outside;
  return () => {
    throw new PipelineError(
      `output ${output.name} has an element, and outside a job nobody takes it: pass a handler`,
    );
  };
}
