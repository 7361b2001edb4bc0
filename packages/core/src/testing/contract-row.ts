import type { InferAvro } from '../contract/infer-avro.ts';

/** The schema of the rows of {@link sinkContract}: a field of each kind that warehouses get wrong. */
export const contractSchema = {
  type: 'record',
  name: 'ContractRow',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'title', type: ['null', 'string'], default: null },
    { name: 'plays', type: 'long' },
    { name: 'rating', type: ['null', 'double'], default: null },
    { name: 'paid', type: ['null', 'boolean'], default: null },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
} as const;

/** A row of {@link contractSchema}. */
export type ContractRow = InferAvro<typeof contractSchema>;
