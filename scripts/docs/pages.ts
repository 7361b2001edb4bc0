import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository's root. */
export const root = join(import.meta.dirname, '..', '..');

/** A file that people read, by its path from the root. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** The files of the project that match, new ones that are not committed yet included. */
export function projectFiles(...patterns: readonly string[]): readonly Page[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ...patterns];
  const paths = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
  return paths
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Every Markdown page. */
export const pages = (): readonly Page[] => projectFiles('*.md');
