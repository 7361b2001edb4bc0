import { OptionError } from '@streamify/core';
import { describe, expect, it } from 'vitest';
import { namespaceOf } from './namespace.ts';

describe('a namespace', () => {
  it('begins names in Kafka, and is taken off them again', () => {
    const { inKafka, shortOf } = namespaceOf('team.staging');
    expect(inKafka('plays')).toBe('team.staging.plays');
    expect(shortOf(inKafka('plays.checkpoints'))).toBe('plays.checkpoints');
  });

  it('leaves names as they are where there is none', () => {
    const { inKafka, shortOf } = namespaceOf(undefined);
    expect([inKafka('plays'), shortOf('plays')]).toEqual(['plays', 'plays']);
  });

  it.each(['', 'a/b', 'a b', 'ä', 7])('is not %j', (name) => {
    expect(() => namespaceOf(name as string)).toThrow(OptionError);
    expect(() => namespaceOf(name as string)).toThrow('namespace has letters');
  });
});
