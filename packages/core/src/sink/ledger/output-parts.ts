import { jsonText } from '../../adapter/json-text.ts';
import type { EpochOutput } from '../../contract/epoch.ts';

/** The files of what an epoch put aside and of its dead letters, a line each; none for what there is none of. */
export function outputParts({
  aside,
  dead,
}: EpochOutput<unknown>): Readonly<Record<string, Uint8Array>> {
  return { ...part('aside', aside), ...part('dead', dead) };
}

/** One file of JSON lines under its name, if there are any. */
export function part(
  name: string,
  elements: readonly unknown[],
): Readonly<Record<string, Uint8Array>> {
  if (elements.length === 0) return {};
  return { [name]: Buffer.from(elements.map((element) => `${jsonText(element)}\n`).join('')) };
}
