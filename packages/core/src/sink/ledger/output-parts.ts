import { jsonText } from '../../adapter/json-text.ts';
import type { EpochOutput } from '../../contract/epoch.ts';
import { letterLine } from './letter-line.ts';

/** Files that every sink with a ledger has beside its rows: no output can be called like one of them. */
export const ownParts: readonly string[] = [
  'aside',
  'checkpoint',
  'dead',
  'prepared',
  'records',
  'redriven',
  'state',
];

/** The files of what an epoch put aside, of its dead letters and of those it closed, a line each; none for what there is none of. */
export function outputParts({
  aside,
  dead,
  redriven,
}: EpochOutput<unknown>): Readonly<Record<string, Uint8Array>> {
  return {
    ...part('aside', aside),
    ...part('dead', dead.map(letterLine)),
    ...part('redriven', redriven),
  };
}

/** One file of JSON lines under its name, if there are any. */
export function part(
  name: string,
  elements: readonly unknown[],
): Readonly<Record<string, Uint8Array>> {
  if (elements.length === 0) return {};
  return { [name]: Buffer.from(elements.map((element) => `${jsonText(element)}\n`).join('')) };
}
