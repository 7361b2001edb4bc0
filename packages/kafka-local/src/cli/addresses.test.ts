import { expect, it } from 'vitest';
import { addresses } from './addresses.ts';

const broker = { pid: 11, started: 'then', port: 9092 };
const registry = { pid: 12, started: 'then', port: 8081 };

it('tells both addresses and the variables that the other commands read', () => {
  expect(addresses({ broker, registry })).toBe(`broker    127.0.0.1:9092 (process 11)
registry  http://127.0.0.1:8081/apis/ccompat/v7 (process 12)

export STREAMIFY_KAFKA_BROKERS=127.0.0.1:9092
export STREAMIFY_SCHEMA_REGISTRY_URL=http://127.0.0.1:8081/apis/ccompat/v7
`);
});

it('tells of no registry where none runs', () => {
  expect(addresses({ broker })).not.toContain('REGISTRY');
});
