import { expect, type TestContext } from 'vitest';

/** One line of what the fault tests found, for the table at their end. */
export interface FaultRecord {
  readonly fault: string;
  /** Events that went through the faults. */
  readonly events: number;
  /** Lines of the right output that are missing, and lines too many. */
  readonly losses: number;
  readonly duplicates: number;
  /** What was broken on purpose, when this is a negative control. */
  readonly control?: string;
}

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultRecord;
  }
}

type Task = TestContext['task'];

/** What was to be delivered, and what was, a line each in any order. */
export interface Outcome {
  readonly events: number;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

/** Records what a fault did to the output, and asserts that it did nothing. */
export function expectUnharmed(task: Task, fault: string, outcome: Outcome): void {
  const { losses, duplicates } = differenceOf(outcome);
  const { events } = outcome;
  task.meta.fault = { fault, events, losses: losses.length, duplicates: duplicates.length };
  expect(outcome.expected.length).toBeGreaterThan(0);
  expect({ losses, duplicates }).toEqual({ losses: [], duplicates: [] });
}

/** Records what a fault did where something is broken on purpose, and asserts that it shows. */
export function expectHarmed(task: Task, fault: string, control: string, outcome: Outcome): void {
  const { losses, duplicates } = differenceOf(outcome);
  const { events } = outcome;
  const found = { losses: losses.length, duplicates: duplicates.length };
  task.meta.fault = { fault, control, events, ...found };
  expect(found.losses + found.duplicates).toBeGreaterThan(0);
}

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
