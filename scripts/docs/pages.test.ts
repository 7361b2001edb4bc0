import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages, projectFiles, root } from './pages.ts';

const readme = pages().find(({ path }) => path === 'README.md')?.text ?? '';

describe('the path of an event in the README', () => {
  const [, table = ''] = readme.split(/^## The path of an event$/m);
  const rows = table
    .split(/^## /m, 1)
    .flatMap((section) => section.split('\n'))
    .filter((line) => line.startsWith('| ') && !line.startsWith('| step'));
  const paths = rows.flatMap((row) =>
    [...row.matchAll(/`([^`]*\/[^`]*)`/g)].map(([, path]) => path),
  );

  it('names every step', () => {
    const steps = rows.map((row) => row.split('|')[1]?.trim());
    expect(steps).toEqual([
      'simulate',
      'encode, decode',
      'publish, consume',
      'clean',
      'window',
      'deliver',
      'model',
    ]);
  });

  it.each(paths)('%s exists', (path) => {
    expect(existsSync(join(root, path ?? ''))).toBe(true);
  });
});

describe('links', () => {
  const links = pages().flatMap(({ path, text }) =>
    [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, target]) => target ?? '')
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => ({ path, target })),
  );

  it('are found at all', () => expect(links.length).toBeGreaterThan(0));

  it.each(links)('$path: $target exists', ({ path, target }) => {
    expect(existsSync(join(root, dirname(path), target))).toBe(true);
  });
});

describe('commands', () => {
  /** What npx finds in the clone; anything else it takes from the public registry, whoever put it there. */
  const installed = ['vitest'];
  const run = (text: string) =>
    [...text.matchAll(/\bnpx (?:-\S+ )*([^\s`]+)/g)].map(([, name]) => name ?? '');
  const sources = projectFiles('packages/*/src/**/help.ts', 'examples/*/src/**/*options.ts');

  it('of npx are scoped, or installed in the clone', () => {
    const named = [...pages(), ...sources].flatMap(({ path, text }) =>
      run(text).map((name) => ({ path, name })),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(
      named.filter(({ name }) => !name.startsWith('@streamify/') && !installed.includes(name)),
    ).toEqual([]);
  });

  it('of npm run are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const named = [...pages(), ...sources].flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => ({ path, name: name ?? '' })),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ name }) => !(name in scripts))).toEqual([]);
  });
});

describe('the index of the docs', () => {
  it('names every page', () => {
    const index = pages().find(({ path }) => path === 'docs/README.md')?.text ?? '';
    const named = [...index.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => `docs/${target}`);
    const others = pages()
      .map(({ path }) => path)
      .filter((path) => /^docs\/(guide|logs|operators|sinks)\//.test(path));
    expect(others.filter((path) => !named.includes(path))).toEqual([]);
    expect(others.length).toBeGreaterThan(20);
  });
});

describe('the project speaks only of itself', () => {
  const machinePath = /(?:^|["'`\s=(:])\/(?:root|home|work|farm|Users)\/[\w.]|\.\.\/shared\b/m;
  const registryHost =
    /registry\.npmjs|registry\.yarnpkg|pypi\.org|pythonhosted\.org|repo1?\.maven|deb\.debian|proxy\.golang/;
  const files = projectFiles('.').filter(({ path }) => !/\.(gz|png|parquet|bin)$/.test(path));

  const controls = {
    path: ['cd ', 'home', 'ada'].join('/'),
    host: ['registry', 'npmjs', 'org'].join('.'),
  };

  it.each([
    { what: 'a path of one machine', pattern: machinePath, control: controls.path },
    { what: 'a registry host', pattern: registryHost, control: controls.host },
  ])('no file names $what', ({ pattern, control }) => {
    expect(control).toMatch(pattern);
    expect(files.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
