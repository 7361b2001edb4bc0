import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** Files that only tests use. In the simulator, `faults` are what it simulates. */
const ofTests =
  /\.(test|bench|worker)\.ts$|^packages\/(core|kafka|sink-[^/]+)\/src\/(faults|fixtures)\/|^(packages\/(kafka|sink-[^/]+)|examples\/[^/]+)\/src\/testing\/|^packages\/test-kit\//;
const ofPackages = /^(packages|examples)\/[^/]+\/src\/.*\.ts$/;

/** The product's source files below `root`, by path from there, with what each imports by relative paths. */
export function sources(root) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate'], {
    cwd: root,
    encoding: 'utf8',
  });
  const paths = listed.split('\n').filter((path) => ofPackages.test(path) && !ofTests.test(path));
  return new Map(paths.flatMap((path) => sourceOf(root, path)));
}

function sourceOf(root, path) {
  let text;
  try {
    text = readFileSync(join(root, path), 'utf8');
  } catch (error) {
    // Deleted, and not yet committed.
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  const imports = ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => normalize(join(dirname(path), name)));
  return [[path, { text, imports }]];
}
