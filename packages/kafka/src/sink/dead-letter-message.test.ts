import type { DeadLetter } from '@streamify/core';
import type { LogRecord } from '@streamify/core/adapter';
import { expect, it } from 'vitest';
import { deadLetterMessage, readDeadLetter } from './dead-letter-message.ts';

/** A message as a reader gives it back. */
function recordOf({ key, value, headers = {} }: ReturnType<typeof deadLetterMessage>): LogRecord {
  return {
    offset: 3,
    key: String(key),
    value: value as Buffer,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, String(text)]),
    ),
    loggedAt: 7,
  };
}

const plain: DeadLetter = {
  position: { topic: 'plays', partition: 2, offset: 2 ** 53 - 1 },
  key: '',
  raw: Uint8Array.of(0, 255),
  headers: {},
  schemaId: undefined,
  loggedAt: 1_700_000_000_000,
  operator: 'decode',
  result: undefined,
  reason: 'späte Kodierung',
  stack: undefined,
};

it('comes back as it was', () => {
  const full: DeadLetter = {
    ...plain,
    key: 'ann',
    headers: {
      file: 'a.jsonl',
      'streamify-reason': 'an older one',
      'streamify-header-file': 'b.jsonl',
      '': 'no name',
    },
    schemaId: 0,
    result: { operator: 'window', key: 'ann', at: -10, value: { count: 2 } },
    stack: 'Error: poison\n    at somewhere',
  };
  for (const letter of [plain, full])
    expect(readDeadLetter(recordOf(deadLetterMessage(letter, 'job')))).toEqual({
      ...letter,
      raw: Buffer.from(letter.raw),
    });
});

it('has text for what JSON has no word for', () => {
  const value = { n: Number.NaN, big: 12n, bytes: Uint8Array.of(1, 2), at: new Date(0) };
  const result = { operator: 'window', key: 'ann', at: 0, value };
  const { headers } = deadLetterMessage({ ...plain, result }, 'job');
  expect(JSON.parse(String(headers?.['streamify-result'])).value).toEqual({
    n: 'NaN',
    big: '12',
    bytes: 'AQI=',
    at: '1970-01-01T00:00:00.000Z',
  });
});
