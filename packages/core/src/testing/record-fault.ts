import { ok } from 'node:assert/strict';

/** The harm that a fault did to a job's output. A fault test leaves it in `task.meta.fault`, where reporters find it. */
export interface FaultRecord {
  readonly fault: string;
  /** Events that went through the faults. */
  readonly events: number;
  /** Lines of the right output that are missing, and lines too many. */
  readonly losses: number;
  readonly duplicates: number;
  /** Names the part that was broken on purpose, in a negative control. */
  readonly control?: string;
}

/** A test that takes notes: the `task` of Vitest's test context. */
export interface NotingTask {
  readonly meta: object;
}

/** The rows that were to be delivered and those that were, a line each in any order. */
export interface Outcome {
  readonly events: number;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

/**
 * Records what a fault did to the output, and asserts that it did nothing.
 *
 * @throws AssertionError with the first lines that are missing, and those that there are too many of.
 *
 * @example
 * it('costs nothing', async ({ task }) => expectUnharmed(task, 'broker killed', { events: 100, expected, actual }));
 */
export function expectUnharmed(task: NotingTask, fault: string, outcome: Outcome): void {
  const { losses, duplicates } = differenceOf(outcome);
  const { events, expected } = outcome;
  note(task, { fault, events, losses: losses.length, duplicates: duplicates.length });
  ok(expected.length > 0, 'nothing was to be delivered, so that nothing could be missing');
  const harm = losses.length + duplicates.length;
  ok(
    harm === 0,
    `${fault}: ${losses.length} losses and ${duplicates.length} duplicates, such as ${some(losses, 'missing')}${some(duplicates, 'too often')}`,
  );
}

/**
 * Records what a fault did where something is broken on purpose, and asserts that it shows: a test
 * that cannot fail proves nothing.
 *
 * @throws AssertionError when nothing is missing, and nothing is there too often.
 */
export function expectHarmed(
  task: NotingTask,
  fault: string,
  control: string,
  outcome: Outcome,
): void {
  const { losses, duplicates } = differenceOf(outcome);
  const { events } = outcome;
  const found = { losses: losses.length, duplicates: duplicates.length };
  note(task, { fault, control, events, ...found });
  ok(found.losses + found.duplicates > 0, `${control}: did not show under ${fault}`);
}

function note({ meta }: NotingTask, fault: FaultRecord): void {
  Object.assign(meta, { fault });
}

/** The first lines: thousands of them tell no more, and take runners minutes to compare. */
const some = (lines: readonly string[], what: string) =>
  lines
    .slice(0, 5)
    .map((line) => `\n  ${what}: ${line.slice(0, 200)}`)
    .join('');

/** The lines that are missing, and those that there are too many of. */
function differenceOf({ expected, actual }: Outcome) {
  const left = new Map<string, number>();
  for (const line of expected) left.set(line, (left.get(line) ?? 0) + 1);
  const duplicates = actual.filter((line) => {
    const n = left.get(line) ?? 0;
    left.set(line, n - 1);
    return n <= 0;
  });
  const losses = [...left].flatMap(([line, n]) => new Array<string>(Math.max(0, n)).fill(line));
  return { losses, duplicates };
}
