import { editDistance } from '@streamify/core/adapter';

/** The name that a misspelt one is most likely meant to be; undefined when none is near. */
export function closestTo(misspelt: string, names: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(misspelt.length / 3));
  let closest: { readonly name: string; readonly edits: number } | undefined;
  for (const name of names) {
    if (Math.abs(name.length - misspelt.length) > most) continue;
    const edits = editDistance(plain(misspelt), plain(name));
    if (edits <= most && (closest === undefined || edits < closest.edits))
      closest = { name, edits };
  }
  return closest?.name;
}

/** `sessionGap` and `session_gap` are near `session-gap`. */
const plain = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');
