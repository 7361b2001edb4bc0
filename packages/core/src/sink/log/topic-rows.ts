import type { OutputTopic } from '../../adapter/check-topics-agree.ts';
import { rowOf } from '../../contract/event.ts';
import type { NewRecord, Topic } from '../../contract/event-log.ts';
import type { ValueEncoder } from '../../contract/topic-codec.ts';

/** Makes records of the rows of one topic. A row is encoded to see whether it fits, and not once more when it is committed. */
export class TopicRows {
  readonly topic: Topic<never>;
  readonly watermarks: boolean;
  readonly #encode: ValueEncoder<never>['encode'];
  readonly #encoded = new WeakMap<object, Uint8Array>();

  private constructor({ topic, watermarks }: OutputTopic, encode: ValueEncoder<never>['encode']) {
    this.topic = topic;
    this.watermarks = watermarks;
    this.#encode = encode;
  }

  /** Registers the topic's schema, where its format needs that. */
  static async open(target: OutputTopic): Promise<TopicRows> {
    return new TopicRows(target, (await target.topic.codec.encoder()).encode);
  }

  /** Why a row cannot be stored; `undefined` when it can. */
  refusal(element: unknown): string | undefined {
    try {
      const record = this.#recordOf(element);
      this.#encoded.set(element as object, record.value);
      return undefined;
    } catch (cause) {
      return (cause as Error).message;
    }
  }

  recordsOf(rows: readonly unknown[]): readonly NewRecord[] {
    return rows.map((row) => this.#recordOf(row));
  }

  #recordOf(element: unknown): NewRecord {
    const row = rowOf(element) as never;
    const value = this.#encoded.get(element as object) ?? this.#encode(row);
    return { key: this.topic.type.keyOf(row), value };
  }
}
