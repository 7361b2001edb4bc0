import type { Ended } from './start-process.ts';

/** More processes than any job needs that goes on a little with each. */
const TOO_MANY = 300;

/**
 * Starts processes, each of which kills itself at one point after the other of what it does first,
 * until one finds nothing more to do. Gives the points at which one was killed.
 *
 * @param run starts a process that is to die at this point, or at none.
 * @throws Error when a process fails in another way, or when there is no end to it.
 */
export async function killAtEach(
  points: readonly string[],
  run: (point?: string) => Promise<Ended>,
): Promise<ReadonlySet<string>> {
  const killed = new Set<string>();
  for (let i = 0; i < TOO_MANY; i++) {
    const point = points[i % points.length] as string;
    const ended = await run(point);
    if (ended.signal === 'SIGKILL') killed.add(point);
    else {
      expectEnd(ended, point);
      // This point was not reached, as there was nothing of its kind; the others may be.
      expectEnd(await run(), 'no point');
      return killed;
    }
  }
  throw new Error(`not at an end after ${TOO_MANY} processes, killed ${[...killed].join(', ')}`);
}

function expectEnd({ code, signal, stderr }: Ended, point: string): void {
  if (code !== 0 || stderr !== '')
    throw new Error(`a process to be killed at ${point} ended by ${signal ?? code}: ${stderr}`);
}
