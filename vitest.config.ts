import { defineConfig } from 'vitest/config';

/** Packages resolve to their source, so that no test needs a build. */
const resolve = { conditions: ['@streamify/source', 'node', 'import', 'module', 'default'] };
const ssr = { resolve };
const ignore = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['{packages,examples,benchmarks,scripts}/**/*.test.ts'],
          exclude: [...ignore, '**/*.{int,e2e}.test.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
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
    ],
  },
});
