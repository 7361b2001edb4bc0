/** What can be fetched: each part has a folder of the cache, and a goal of Maven that fills it. */
export const jarParts = {
  broker: {
    what: 'Kafka (45 MB)',
    goal: 'copy-dependencies',
    more: ['-DincludeScope=runtime'],
  },
  registry: { what: 'the schema registry (109 MB)', goal: 'unpack', more: [] },
} as const;

export type JarPart = keyof typeof jarParts;
