import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    landing: 'src/landing.ts',
    asynchronous: 'src/asynchronous.ts',
    json: 'src/json.ts',
    simulation: 'src/simulation.ts',
    growth: 'src/growth.ts',
    kafka: 'src/kafka/kafka.ts',
    'kafka-stage': 'src/kafka/stage.ts',
    'kafka-worker': 'src/kafka/worker.ts',
  },
  format: ['esm'],
  sourcemap: true,
  clean: true,
  target: 'node20',
});
