import { expect, it } from 'vitest';
import { brokerSettings } from './broker-settings.ts';

const settings = brokerSettings({ port: 9092, controllerPort: 20_001 });
const lines = settings.trimEnd().split('\n');

it('listens on the loopback interface only', () => {
  expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:20001');
  expect(settings.match(/\/\/([^:,\n]*)/g)).toEqual(Array(3).fill('//127.0.0.1'));
});

it('creates no topic that nobody asked for', () => {
  expect(lines).toContain('auto.create.topics.enable=false');
});

it('lets a killed broker come back soon, and a group begin at once', () => {
  expect(lines).toContain('broker.session.timeout.ms=1500');
  expect(lines).toContain('group.initial.rebalance.delay.ms=0');
});

it('wants one copy of everything, since there is one broker', () => {
  const copies = lines.filter((line) => /replication\.factor|min\.isr/.test(line));
  expect(copies.length).toBe(5);
  expect(copies.every((line) => line.endsWith('=1'))).toBe(true);
});

it('takes settings in place of its own, and beside them', () => {
  const more = { 'num.partitions': '2', 'group.min.session.timeout.ms': '100' };
  const text = brokerSettings({ port: 9092, controllerPort: 20_001, settings: more });
  expect(text.match(/^num\.partitions=.*$/gm)).toEqual(['num.partitions=2']);
  expect(text).toContain('group.min.session.timeout.ms=100\n');
});
