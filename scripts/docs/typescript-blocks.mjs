/**
 * The blocks of a page that are marked `ts`, each a whole module, and where in the page they begin.
 *
 * @param {string} text
 * @returns {readonly { readonly index: number, readonly code: string }[]}
 */
export function typescriptBlocks(text) {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(({ index, 1: code = '' }) => ({
    index,
    code,
  }));
}
