import { BrokerUnavailableError, RegistryUnavailableError } from '@streamify/kafka';
import { expect, it } from 'vitest';
import { outageLines } from './outage-lines.ts';

const away = (what: string) => new BrokerUnavailableError(`cannot ${what}`, ['a:1', 'b:2']);

it('tells of an outage once in a while, however many wait', () => {
  const lines: string[] = [];
  let now = 0;
  const tell = outageLines(
    (line) => lines.push(line),
    () => now,
  );
  expect([tell(away('read')), tell(away('write'))]).toEqual([true, true]);
  expect(tell(new RegistryUnavailableError('cannot register', 'http://c:3'))).toBe(true);
  now = 29_999;
  tell(away('read'));
  expect(lines).toEqual([
    'waiting for a:1, b:2, and going on by itself then: cannot read',
    'waiting for http://c:3, and going on by itself then: cannot register',
  ]);
  now = 30_000;
  tell(away('publish'));
  expect(lines[2]).toBe('waiting for a:1, b:2, and going on by itself then: cannot publish');
});

it('leaves other errors to others', () => {
  const lines: string[] = [];
  const tell = outageLines(
    (line) => lines.push(line),
    () => 0,
  );
  expect([tell(new Error('disk')), tell(undefined)]).toEqual([false, false]);
  expect(lines).toEqual([]);
});
