import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultConfig } from './default-config.ts';
import { loadConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'load-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'config.json');
const load = (bytes: Buffer) => {
  writeFileSync(path, bytes);
  return loadConfig(path);
};
const named = { ...defaultConfig, tag: 'Beyonc\u00e9' };
const json = JSON.stringify(named);

describe('loadConfig', () => {
  test.each([
    ['UTF-8', Buffer.from(json)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${json}`)],
    ['UTF-16, as Windows writes it', Buffer.from(`\ufeff${json}`, 'utf16le')],
    ['UTF-16 the other way round', Buffer.from(`\ufeff${json}`, 'utf16le').swap16()],
  ])('reads %s', (_, bytes) => {
    expect(load(bytes)).toEqual(named);
  });

  test.each([
    [
      'latin-1',
      Buffer.from('{\n "tag": "Beyonc\u00e9"}', 'latin1'),
      `${path}, row 2, column 16: is not valid UTF-8 at the byte 0xe9: save it as UTF-8`,
    ],
    [
      'no JSON',
      Buffer.from('{\n "seed": }'),
      `${path}, row 2, column 10: is not JSON: expected a value, found "}"`,
    ],
    [
      'nothing',
      Buffer.of(),
      `${path}, row 1, column 1: is not JSON: expected a value, found the end`,
    ],
    ['a list', Buffer.from('[]'), 'configuration key "(all)": expected an object, found []'],
    [
      'a text nested too deeply to show',
      Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
      'configuration key "(all)": expected an object, found object',
    ],
  ])('refuses %s with the place', (_, bytes, message) => {
    expect(() => load(bytes)).toThrow(expect.objectContaining({ message }));
  });

  test('says why it cannot read a file', () => {
    expect(() => loadConfig(join(folder, 'none.json'))).toThrow(
      `${join(folder, 'none.json')}: cannot be read: it does not exist`,
    );
    expect(() => loadConfig(folder)).toThrow(`${folder}: cannot be read: it is a folder`);
  });
});
