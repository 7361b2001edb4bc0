/**
 * The folders of core from the bottom up: a file imports from its own folder and from those of the
 * lines above it, never from another of its own line. What lies in no folder is an entry point.
 */
export const layers = {
  'packages/core/src': [
    ['contract'],
    ['durable'],
    ['codec'],
    ['state'],
    ['adapter', 'operator-kit'],
    ['sink/ledger'],
    [
      'operators',
      'task',
      'log/memory',
      'log/file',
      'sink/memory',
      'sink/file',
      'sink/log',
      'store',
      'metrics',
    ],
    ['job'],
    ['testing'],
  ],
};
