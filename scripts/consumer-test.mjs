#!/usr/bin/env node
// What a user gets: packs every public package, installs the tarballs in an empty project outside of the
// repository, type-checks a program and those of some pages of the docs there in both module resolutions, runs
// them, and loads each entry point with import() and with require().
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typescriptBlocks } from './docs/typescript-blocks.mjs';

const root = join(import.meta.dirname, '..');
const keep = process.argv.includes('--keep');
/** A tarball that grows beyond this holds something that nobody meant to publish. */
const maxPackedBytes = 1_000_000;
/** The pages whose examples are programs that have to run. */
const pages = ['write-an-operator', 'write-a-sink', 'write-a-log'];

const readJson = (...parts) => JSON.parse(readFileSync(join(...parts), 'utf8'));
const packages = readdirSync(join(root, 'packages'))
  .map((name) => ({
    folder: join(root, 'packages', name),
    ...readJson(root, 'packages', name, 'package.json'),
  }))
  .filter((manifest) => !manifest.private);
const versions = readJson(root, 'package.json').devDependencies;
const { rxjs } = readJson(root, 'packages', 'core', 'package.json').devDependencies;

const project = mkdtempSync(join(tmpdir(), 'streamify-consumer-'));
try {
  const tarballs = packages.map(pack);
  createProject(tarballs);
  const examples = pages.flatMap(extractExamples);
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']);
  checkInstalledOnce();
  for (const resolution of ['nodenext', 'bundler'])
    run('npx', ['--no-install', 'tsc', '-p', `tsconfig.${resolution}.json`]);
  for (const program of ['program', ...examples]) {
    const said = run('node', ['--enable-source-maps', `out/${program}.js`]);
    console.log(`${program} runs${said && `: ${said.trim()}`}`);
  }
  run('node', ['load.mjs', ...entryPoints()]);
  run('node', ['--no-warnings', 'load.cjs', ...entryPoints()]);
} finally {
  if (keep) console.log(`kept ${project}`);
  else rmSync(project, { recursive: true, force: true });
}

/** Packs a package; refuses what should not be in it. */
function pack({ folder, name }) {
  const output = run('npm', ['pack', '--json', '--silent', '--pack-destination', project], folder);
  const parsed = JSON.parse(output);
  const [{ filename, size, files }] = Object.values(parsed);
  const strays = files
    .map(({ path }) => path)
    .filter((path) => /\.(test|bench)\.|public-api|tsbuildinfo/.test(path));
  if (strays.length > 0) throw new Error(`${name} would publish ${strays.join(', ')}`);
  if (size > maxPackedBytes)
    throw new Error(`${name} packs to ${size} bytes, more than ${maxPackedBytes}`);
  console.log(`${name}: ${files.length} files, ${Math.ceil(size / 1024)} KiB packed`);
  return { name, filename };
}

function createProject(tarballs) {
  cpSync(join(root, 'scripts', 'consumer'), project, { recursive: true });
  const dependencies = Object.fromEntries(
    tarballs.map(({ name, filename }) => [name, `file:${filename}`]),
  );
  const devDependencies = {
    typescript: versions.typescript,
    '@types/node': versions['@types/node'],
  };
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { ...dependencies, rxjs },
    devDependencies,
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, undefined, 2));
}

/** Writes the examples of a page as programs of the project, and gives their names. */
function extractExamples(page) {
  const text = readFileSync(join(root, 'docs', 'guide', `${page}.md`), 'utf8');
  const blocks = typescriptBlocks(text);
  if (blocks.length === 0) throw new Error(`${page}.md has no example`);
  return blocks.map(({ code }, i) => {
    const name = `${page}-${i + 1}`;
    writeFileSync(join(project, `${name}.ts`), code);
    return name;
  });
}

/** Two copies of core would be two copies of each error class. */
function checkInstalledOnce() {
  const { packages: installed } = readJson(project, 'package-lock.json');
  const copies = Object.keys(installed).filter((path) =>
    path.endsWith('node_modules/@streamify/core'),
  );
  if (copies.length !== 1) throw new Error(`core is installed as ${copies.join(' and ')}`);
}

function entryPoints() {
  return packages.flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((path) => path !== './package.json' && !path.includes('*'))
      .map((path) => join(name, path)),
  );
}

function run(command, args, cwd = project) {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    console.error(`${error.stdout}${error.stderr}`);
    throw new Error(`${command} ${args.join(' ')} ended with ${error.status ?? error.code}`);
  }
}
