import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/landing.ts', 'src/simulation.ts', 'src/growth.ts', 'src/kafka.ts'],
  format: ['esm'],
  sourcemap: true,
  clean: true,
  target: 'node20',
});
