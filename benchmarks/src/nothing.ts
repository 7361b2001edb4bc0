import type { Sink } from '@streamify/core';

/** A sink that takes everything and keeps nothing. */
export const nothing: Sink<unknown> = {
  store: 'nothing',
  target: 'nothing',
  deadLetters: async () => [],
  open: async () => ({
    checkpoint: undefined,
    refusal: () => undefined,
    refusalOf: () => undefined,
    commit: async () => {},
    close: async () => {},
  }),
};
