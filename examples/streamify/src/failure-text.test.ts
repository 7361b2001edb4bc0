import { OptionError } from '@streamify/core';
import { BrokerUnavailableError } from '@streamify/kafka';
import { expect, it } from 'vitest';
import { failureText } from './failure-text.ts';
import { UsageError } from './usage-error.ts';

it('tells what the user can mend as it stands', () => {
  expect(failureText(new UsageError('--users takes a number'))).toBe('--users takes a number');
  expect(failureText(new OptionError('size is -1'))).toBe('size is -1');
});

it('says that a run goes on after a disk was full or read-only', () => {
  const node = Object.assign(new Error('EROFS: read-only file system, open x'), {
    code: 'EROFS',
    syscall: 'open',
    path: 'x',
  });
  expect(failureText(node)).toMatch(/^cannot use x: its disk is read-only\n.*run it again/);
  const duckdb = new Error(
    'TransactionContext Error: Failed to commit: Could not write file "raw.duckdb.wal": No space left on device',
  );
  expect(failureText(duckdb)).toMatch(/No space left on device\n.*run it again/);
});

it('tells what Kafka and its registry refuse without a stack', () => {
  const away = new BrokerUnavailableError('cannot publish: tried a:1 for 30 s', ['a:1']);
  expect(failureText(away)).toBe('cannot publish: tried a:1 for 30 s');
  const refused = Object.assign(new Error('The replication-factor is invalid'), {
    name: 'KafkaJSProtocolError',
  });
  expect(failureText(refused)).toBe('Kafka: The replication-factor is invalid');
});

it('leaves a defect its stack', () => {
  expect(failureText(new TypeError('x is not a function'))).toBeUndefined();
  expect(failureText('a thrown string')).toBeUndefined();
});
