import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systemReason } from './system-reason.ts';

const thrownBy = (work: () => void): unknown => {
  try {
    work();
  } catch (cause) {
    return cause;
  }
  return undefined;
};

it.each([
  ['/no/such/file', 'it does not exist'],
  [import.meta.dirname, 'it is a folder'],
  [`${import.meta.filename}/x`, 'a part of its path is no folder'],
  [`/${'x'.repeat(300)}`, 'its name is too long'],
])('tells why %s cannot be read', (path, reason) => {
  expect(systemReason(thrownBy(() => readFileSync(path)))).toBe(reason);
});

it('gives the code of what it has no words for', () => {
  const strange = Object.assign(new Error('EWHAT'), { code: 'EWHAT', syscall: 'open' });
  expect(systemReason(strange)).toBe('the system answered EWHAT');
});

it('leaves errors of other kinds alone', () => {
  expect(systemReason(new TypeError('x is undefined'))).toBeUndefined();
  expect(systemReason('ENOENT')).toBeUndefined();
});
