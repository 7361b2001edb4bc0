import { describe, expect, it } from 'vitest';
import { OptionError } from '../contract/errors.ts';
import { checkTopicName } from './topic-name.ts';

describe('checkTopicName', () => {
  it.each(['a', 'listen_events', 'A.b-c_9', '...', 'a'.repeat(249)])('takes %j', (name) => {
    expect(() => checkTopicName(name)).not.toThrow();
  });

  it.each(['', '.', '..', 'a/b', '..\\a', 'a b', 'é', 'a\n', '~a', 'a'.repeat(250)])(
    'refuses %j',
    (name) => {
      expect(() => checkTopicName(name)).toThrow(OptionError);
    },
  );

  it.each([undefined, null, 5, {}])('refuses %j, which is no text', (name) => {
    expect(() => checkTopicName(name as never)).toThrow(OptionError);
  });
});
