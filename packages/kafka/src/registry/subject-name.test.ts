import { expect, it } from 'vitest';
import { subjectName } from './subject-name.ts';

const record = { type: 'record', name: 'Play', fields: [] } as const;
const inMusic = { ...record, namespace: 'music' };

it.each([
  ['topic', inMusic, 'plays-value'],
  ['record', inMusic, 'music.Play'],
  ['topic-record', inMusic, 'plays-music.Play'],
  ['record', record, 'Play'],
  ['topic-record', record, 'plays-Play'],
  ['record', { ...inMusic, name: 'charts.Play' }, 'charts.Play'],
  ['record', { ...record, namespace: '' }, 'Play'],
] as const)('names by %s the subject of %j: %s', (naming, schema, name) => {
  expect(subjectName(naming, 'plays-value', schema)).toBe(name);
});

it('takes only the last part off a topic that is called like one', () => {
  expect(subjectName('topic-record', 'a-value-value', record)).toBe('a-value-Play');
});
