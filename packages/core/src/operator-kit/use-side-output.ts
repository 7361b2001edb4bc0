import { PipelineError } from '../contract/errors.ts';
import { currentHost } from './current-host.ts';

/** Takes elements, such as late events, to be kept as JSON: inside a task they are committed with the epoch. */
export type SideOutput<T> = (element: T) => void;

/** Keeps elements as JSON, under a name: committed with the epoch inside a task, handed to `outside` in any other pipeline. */
export function useSideOutput<T>(name: string, outside: SideOutput<T> | undefined): SideOutput<T> {
  const host = currentHost(name);
  if (host) return (element) => host.putAside(name, element);
  if (outside) return outside;
  return () => {
    throw new PipelineError(
      `${name} has an element, and outside a job nobody takes it: pass a handler`,
    );
  };
}
