import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root } from './docs/pages.ts';

/** What is published. */
const packages = readdirSync(join(root, 'packages')).filter((name) => {
  const manifest = join(root, 'packages', name, 'package.json');
  return existsSync(manifest) && !JSON.parse(readFileSync(manifest, 'utf8')).private;
});

/** The names that an entry point exports; those that are only types say so. */
function exportedNames(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement))
      throw new Error(`${file}: an entry point only re-exports`);
    const { exportClause, isTypeOnly } = statement;
    if (!exportClause || !ts.isNamedExports(exportClause))
      throw new Error(`${file}: an export without names`);
    return exportClause.elements.map(
      ({ name, isTypeOnly: alone }) => `${isTypeOnly || alone ? 'type ' : ''}${name.text}`,
    );
  });
}

/** The entry points of a package, by the name that a user imports. */
function entryPoints(folder: string): readonly (readonly [string, string])[] {
  const { name, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.entries<{ '@streamify/source'?: string }>(exports).flatMap(
    ([subpath, conditions]) => {
      const source = conditions['@streamify/source'];
      return source ? [[join(name, subpath), join(folder, source)] as const] : [];
    },
  );
}

describe('public API', () => {
  it.each(packages)(
    'packages/%s exports what its public-api.txt says; npm run test:unit -- scripts/public-api.test.ts -u writes it',
    async (name) => {
      const folder = join(root, 'packages', name);
      const text = entryPoints(folder)
        .map(
          ([entry, file]) =>
            `${entry}\n${exportedNames(file)
              .toSorted()
              .map((line) => `  ${line}\n`)
              .join('')}`,
        )
        .join('\n');
      await expect(text).toMatchFileSnapshot(join(folder, 'public-api.txt'));
    },
  );
});
