import { PipelineError } from '../contract/errors.ts';
import { freezeDeep } from '../state/freeze-deep.ts';
import { isSame } from '../state/is-same.ts';

/** The start of an accumulator, and the function that adds an element to one. */
interface Folding<T, A> {
  readonly zero: A;
  readonly add: (accumulator: A, element: T) => A;
}

/**
 * The fold of an aggregate, of which all keys and windows share the `zero`: it is frozen, with all that it
 * holds, and an `add` that changes it is found with the first element.
 *
 * @param name names the operator, in the error.
 * @returns the fold; `undefined` stands for what has no element yet. It throws a PipelineError when `add`
 * changes `zero`.
 */
export function foldOf<T, A>(
  name: string,
  folding: Folding<T, A>,
): (held: A | undefined, element: T) => A {
  const { zero } = folding;
  if (typeof zero !== 'object' || zero === null)
    return (held, element) => folding.add(held === undefined ? zero : held, element);
  const start = startOf(name, folding, zero);
  return (held, element) => (held === undefined ? start(element) : folding.add(held, element));
}

/** Adds first elements to a `zero` that can be changed. */
function startOf<T, A>(name: string, folding: Folding<T, A>, zero: A & object): (element: T) => A {
  const refuse = () => {
    throw changed(name);
  };
  const before = copyOf(zero);
  const isWhole = freezeDeep(zero, refuse);
  const isChanged = () => !isWhole && before !== undefined && !isSame(zero, before);
  let isProven = false;
  return (element) => {
    let result: A;
    try {
      result = folding.add(zero, element);
    } catch (cause) {
      if (isChanged() || changesCopy(folding, zero, element, { hasThrown: true })) refuse();
      throw cause;
    }
    if (isChanged()) refuse();
    // A function that is not in strict mode changes nothing of a frozen value, and does not throw.
    if (!isProven && changesCopy(folding, zero, element, { hasThrown: false })) refuse();
    isProven = true;
    return result;
  };
}

/** Whether `add` changes its accumulator, seen by one that is not frozen. */
function changesCopy<T, A>(
  folding: Folding<T, A>,
  zero: A,
  element: T,
  { hasThrown }: { readonly hasThrown: boolean },
): boolean {
  const copy = copyOf(zero);
  if (copy === undefined) return false;
  try {
    folding.add(copy, element);
  } catch {
    return !isSame(copy, zero);
  }
  // It threw because of what it wrote, be that the value which was there.
  return hasThrown || !isSame(copy, zero);
}

/** A copy that is not frozen; `undefined` of what no checkpoint could hold either. */
function copyOf<A>(value: A): A | undefined {
  try {
    return structuredClone(value);
  } catch {
    return undefined;
  }
}

function changed(name: string): PipelineError {
  return new PipelineError(
    `the add of ${name} changes its accumulator in place: all keys and windows share zero, and a step that fails could not be undone. Return a new value and leave the old one alone, as in ({ ...accumulator, n: accumulator.n + 1 })`,
  );
}
