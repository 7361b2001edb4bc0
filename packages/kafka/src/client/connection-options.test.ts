import { OptionError } from '@streamify/core';
import { describe, expect, it } from 'vitest';
import { checkConnection, type KafkaConnectionOptions } from './connection-options.ts';

describe('checkConnection', () => {
  it('takes host names and addresses with a port', () => {
    const brokers = ['localhost:9092', 'b-1.example.com:9098', '127.0.0.1:19092', '[::1]:9092'];
    expect(checkConnection({ brokers }).brokers).toEqual(brokers);
  });

  it.each([
    [{ brokers: [] }, 'at least one host:port'],
    [{ brokers: 'localhost:9092' }, 'at least one host:port'],
    [{ brokers: ['localhost'] }, 'got "localhost"'],
    [{ brokers: ['localhost:0'] }, 'got "localhost:0"'],
    [{ brokers: ['localhost:70000'] }, 'got "localhost:70000"'],
    [{ brokers: ['http://localhost:9092'] }, 'a broker is a host:port'],
    [{ brokers: ['sasl_ssl://ann:secret@host:9092'] }, 'got "sasl_ssl://…@host:9092"'],
    [{ brokers: ['a:1'], patience: 0 }, 'patience is a number of milliseconds, got 0'],
    [{ brokers: ['a:1'], requestTimeout: Number.NaN }, 'requestTimeout'],
  ])('refuses %j', (options, message) => {
    const check = () => checkConnection(options as KafkaConnectionOptions);
    expect(check).toThrow(OptionError);
    expect(check).toThrow(message);
  });
});
