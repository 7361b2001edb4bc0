import { AssertionError } from 'node:assert';
import { inspect, isDeepStrictEqual } from 'node:util';

/** Where two values begin to differ. */
interface Difference {
  readonly path: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/**
 * Asserts that two values are deeply equal, however large they are: it tells the first place where they
 * differ and what is there. A difference in full, as `assert.deepEqual` and test runners make one of
 * `actual` and `expected`, takes minutes for some thousand records.
 *
 * @throws AssertionError
 */
export function assertSame(actual: unknown, expected: unknown, message?: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  const first = firstDifference({ path: '', actual, expected });
  const where = first.path === '' ? 'it' : first.path;
  const text = `${where} is ${shown(first.actual)}, expected ${shown(first.expected)}`;
  throw new AssertionError({
    message: message === undefined ? text : `${message}: ${text}`,
    actual: shown(first.actual),
    expected: shown(first.expected),
    operator: 'assertSame',
    stackStartFn: assertSame,
  });
}

/** What a message has room for. */
const shown = (value: unknown): string => {
  const text = inspect(value, {
    depth: 3,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength: 20,
    maxStringLength: 200,
  });
  return text.length > 1_000 ? `${text.slice(0, 997)}...` : text;
};

/** Goes into lists and plain objects as far as both sides are of the same kind. */
function firstDifference(at: Difference): Difference {
  for (let here = at; ; ) {
    const next = stepInto(here);
    if (next === undefined) return here;
    here = next;
  }
}

function stepInto({ path, actual, expected }: Difference): Difference | undefined {
  if (Array.isArray(actual) && Array.isArray(expected)) {
    const i = firstIndex(actual, expected);
    if (i >= Math.min(actual.length, expected.length))
      return { path: `${path}.length`, actual: actual.length, expected: expected.length };
    return { path: `${path}[${i}]`, actual: actual[i], expected: expected[i] };
  }
  if (!isPlain(actual) || !isPlain(expected)) return undefined;
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  for (const key of keys)
    if (!isDeepStrictEqual(actual[key], expected[key]))
      return { path: `${path}.${key}`, actual: actual[key], expected: expected[key] };
  return undefined;
}

function firstIndex(actual: readonly unknown[], expected: readonly unknown[]): number {
  let i = 0;
  while (i < actual.length && i < expected.length && isDeepStrictEqual(actual[i], expected[i])) i++;
  return i;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
