import type { RecordSchema } from './event-type.ts';

/** Gives each schema an id, which travels with every record, and finds it again. */
export interface SchemaRegistry {
  /** The id of a schema under a subject (a topic's name and `-value`); registers it when it is new. Same schema, same id. */
  register(subject: string, schema: RecordSchema): Promise<number>;
  /**
   * The schema with this id, as JSON.
   *
   * @throws SchemaError when no schema has it.
   */
  schema(id: number): Promise<RecordSchema>;
  /** The newest schema under the subject where this one belongs; `undefined` when it has none. */
  newest(subject: string, schema: RecordSchema): Promise<RecordSchema | undefined>;
}
