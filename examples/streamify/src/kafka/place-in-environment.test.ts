import { expect, it } from 'vitest';
import { placeInEnvironment } from './place-in-environment.ts';

const brokers = { STREAMIFY_KAFKA_BROKERS: 'a:1, b:2' };
const registry = { STREAMIFY_SCHEMA_REGISTRY_URL: 'http://c:3' };

it('finds a cluster and its registry', () => {
  expect(placeInEnvironment({ ...brokers, ...registry })).toEqual({
    brokers: ['a:1', 'b:2'],
    registryUrl: 'http://c:3',
  });
});

it('finds none where neither is named', () => {
  expect(placeInEnvironment({})).toBeUndefined();
  expect(placeInEnvironment({ STREAMIFY_KAFKA_BROKERS: '' })).toBeUndefined();
});

it('refuses half of one, and says which half is missing', () => {
  expect(() => placeInEnvironment(brokers)).toThrow(
    'STREAMIFY_KAFKA_BROKERS is set and STREAMIFY_SCHEMA_REGISTRY_URL is not',
  );
  expect(() => placeInEnvironment(registry)).toThrow(
    'STREAMIFY_SCHEMA_REGISTRY_URL is set and STREAMIFY_KAFKA_BROKERS is not',
  );
});
