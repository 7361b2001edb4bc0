import type { Page } from './pages.ts';
import { typescriptBlocks } from './typescript-blocks.mjs';

/** A TypeScript block of a page: a whole module, that compiles on its own. */
export interface Example {
  readonly page: string;
  /** Line of the page on which the code starts, from 1. */
  readonly line: number;
  readonly code: string;
}

/** The blocks of a page that are marked `ts`. */
export function examplesOf({ path, text }: Page): readonly Example[] {
  return typescriptBlocks(text).map(({ index, code }) => ({
    page: path,
    line: text.slice(0, index).split('\n').length + 1,
    code,
  }));
}
