import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const notBundled = /\.(test|bench|test-d)\.ts$/;

/** A hash over all that the bundles are made from, and over when and how large they were written; `undefined` when one is missing. */
export function bundlesStamp(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'tsconfig.base.json')));
  for (const folder of workspaces(root)) {
    const sources = filesIn(join(folder, 'src')).filter((file) => !notBundled.test(file));
    for (const file of [join(folder, 'package.json'), join(folder, 'tsup.config.ts'), ...sources]) {
      hash.update(file.slice(root.length)).update('\0').update(readFileSync(file));
    }
    const bundles = filesIn(join(folder, 'dist')).filter((file) => file.endsWith('.js'));
    for (const file of bundles) {
      const { mtimeMs, size } = statSync(file);
      hash.update(`${file.slice(root.length)} ${mtimeMs} ${size}\n`);
    }
    if (bundles.length === 0) return undefined;
  }
  return hash.digest('hex');
}

function workspaces(root) {
  return ['packages', 'examples']
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(root, parent, name)))
    .filter((folder) => existsSync(join(folder, 'tsup.config.ts')))
    .sort();
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
