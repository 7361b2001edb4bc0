import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './docs/pages.ts';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

it('the lock file holds the binaries of every platform, without which npm ci refuses it', () => {
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  expect(wanted).toContain('@esbuild/darwin-arm64');
  expect(wanted.filter((name) => !(`node_modules/${name}` in packages))).toEqual([]);
});

it('the lock file names no host', () => {
  const hosts = Object.values(packages).filter(({ resolved, link }) => resolved && !link);
  expect(hosts).toEqual([]);
});
