import { expect, it } from 'vitest';
import { type ClusterPlace, clusterSettings } from './cluster-settings.ts';

const places = (count: number): readonly ClusterPlace[] =>
  Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    port: 9_001 + i,
    controllerPort: 9_101 + i,
  }));

/** The settings of the last broker of so many. */
const lastOf = (count: number) => {
  const all = places(count);
  return clusterSettings(all.at(-1) as ClusterPlace, all);
};

it('tells each broker who it is, where it listens and who votes', () => {
  expect(lastOf(2)).toMatchObject({
    'node.id': '2',
    listeners: 'PLAINTEXT://127.0.0.1:9002,CONTROLLER://127.0.0.1:9102',
    'controller.quorum.voters': '1@127.0.0.1:9101,2@127.0.0.1:9102',
  });
});

it.each([
  [1, '1', '1'],
  [2, '2', '2'],
  [3, '3', '2'],
  [5, '3', '2'],
])('with %i brokers keeps %s copies, of which %s have to be there', (count, copies, majority) => {
  const settings = lastOf(count);
  const values = (name: RegExp) =>
    new Set(Object.keys(settings).flatMap((key) => (name.test(key) ? [settings[key]] : [])));
  expect(values(/replication\.factor$/)).toEqual(new Set([copies]));
  expect(values(/min\.(isr|insync\.replicas)$/)).toEqual(new Set([majority]));
});
