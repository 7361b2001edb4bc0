/**
 * Gives the words of a list, the most common first, weights that fall with their rank. Those of names
 * fall more slowly than Zipf's law: by the square root.
 */
export function ranked(
  words: string,
): readonly { readonly name: string; readonly weight: number }[] {
  const names = words.trim().split(/\s+/);
  return names.map((name, i) => ({ name, weight: Math.round(1_000 / Math.sqrt(i + 1)) }));
}
