import { join } from 'node:path';
import { type TopicName, topics } from '@streamify/models';
import { describe, expect, it } from 'vitest';
import { root } from './pages.ts';

/** When the simulator writes an event of a topic, which the schema cannot say. */
const when: Readonly<Record<TopicName, string>> = {
  listen_events: 'Each `NextSong` page is one.',
  page_view_events: 'Everything that a listener does is one; the other topics repeat some of them.',
  auth_events: 'The page after a `Login` is one.',
  status_change_events: 'Each `Submit Upgrade` and `Submit Downgrade` page is one.',
};

const intro = `# Data dictionary

The events of the music service, as \`packages/models\` defines them and \`@streamify/simulator\` makes them.
This page is written from the schemas: \`npm run test:unit -- scripts/docs -u\` does it again.

Every topic has the key \`deviceId\` and the time \`ts\`. Events of one action share their \`eventId\`, which joins
the topics; in a topic it is unique. Fields that say *or null* are null where a listener is not shown (nobody is
logged in), nothing is played, or the source left them out.

In JSON lines of \`npm run simulate\` a field without a value is left out, as in Eventsim, and \`eventId\`, \`deviceId\`,
\`trackId\` and \`artistId\` are there with \`--ids\` only.
`;

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly doc?: string;
}

/** An Avro type as people read it. */
function typeOf(type: unknown): string {
  if (Array.isArray(type))
    return `${type
      .filter((branch) => branch !== 'null')
      .map(typeOf)
      .join(' or ')} or null`;
  if (typeof type === 'string') return type;
  const { logicalType, type: plain } = type as { logicalType?: string; type: string };
  return logicalType === undefined ? plain : `${plain} (${logicalType})`;
}

function section(topic: TopicName): string {
  const { schema } = topics[topic];
  const rows = schema.fields.map(
    ({ name, type, doc = '' }: Field) => `| \`${name}\` | ${typeOf(type)} | ${doc} |`,
  );
  return `## ${topic}

${schema.doc} ${when[topic]} Type \`${schema.name}\`.

| field | type | |
|---|---|---|
${rows.join('\n')}
`;
}

describe('the data dictionary', () => {
  it('says what the schemas say', async () => {
    const names = Object.keys(topics) as TopicName[];
    const text = [intro, ...names.map(section)].join('\n');
    await expect(text).toMatchFileSnapshot(join(root, 'docs', 'guide', 'data-dictionary.md'));
  });

  it('explains every field', () => {
    const silent = Object.values(topics).flatMap(({ schema }) =>
      schema.fields
        .filter((field: Field) => !field.doc)
        .map(({ name }) => `${schema.name}.${name}`),
    );
    expect(silent).toEqual([]);
  });
});
