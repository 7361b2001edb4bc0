/** The name that a misspelt one is most likely meant to be; undefined when none is near. */
export function closestTo(misspelt: string, names: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(misspelt.length / 3));
  let closest: { readonly name: string; readonly edits: number } | undefined;
  for (const name of names) {
    if (Math.abs(name.length - misspelt.length) > most) continue;
    const edits = editsBetween(plain(misspelt), plain(name));
    if (edits <= most && (closest === undefined || edits < closest.edits))
      closest = { name, edits };
  }
  return closest?.name;
}

/** `sessionGap` and `session_gap` are near `session-gap`. */
const plain = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');

/** Letters to put in, take out, or replace (Levenshtein, 1966). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}
