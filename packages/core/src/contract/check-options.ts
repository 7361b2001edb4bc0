import { editDistance } from './edit-distance.ts';
import { OptionError } from './errors.ts';

/** The names of all options of a kind: one that the type has and this lacks does not compile. */
export type OptionNames<T> = Readonly<Record<keyof T, true>>;

/**
 * Refuses options that nobody knows: a misspelt one would be left out without a word.
 *
 * @param what names who takes the options, in the error.
 * @throws OptionError with the option that was meant, where one is near.
 */
export function checkOptions<T extends object>(
  what: string,
  options: T,
  names: OptionNames<Required<T>>,
): void {
  if (typeof options !== 'object' || options === null)
    throw new OptionError(`${what} takes its options as an object, got ${String(options)}`);
  const known = Object.keys(names);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  const [near] = known
    .map((name) => ({ name, distance: editDistance(unknown.toLowerCase(), name.toLowerCase()) }))
    .filter((each) => each.distance <= Math.max(2, Math.floor(unknown.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  throw new OptionError(
    near
      ? `${what} has no option ${unknown}: did you mean ${near.name}?`
      : `${what} has no option ${unknown}: it takes ${known.join(', ')}`,
  );
}
