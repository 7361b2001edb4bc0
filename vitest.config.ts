import { defineConfig } from 'vitest/config';

/** Packages resolve to their source, so that no test needs a build. */
const resolve = { conditions: ['@streamify/source', 'node'] };
const ssr = { resolve };
const ignore = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    reporters: ['default', './scripts/test/fault-table.ts'],
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['{packages,examples,benchmarks,scripts}/**/*.test.ts'],
          exclude: [...ignore, '**/*.{int,e2e,faults}.test.ts'],
          // A bound against hanging, not a measure: some simulate years.
          testTimeout: 30_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          globalSetup: 'packages/kafka/src/testing/kafka-of-run.ts',
          include: ['{packages,examples,scripts}/**/*.int.test.ts'],
          exclude: ignore,
          testTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'e2e',
          include: ['{packages,examples}/**/*.e2e.test.ts'],
          exclude: ignore,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'faults',
          include: ['packages/**/src/**/*.faults.test.ts'],
          exclude: ignore,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
