import type { LogRecord, PartitionReader, PollRequest, Slice } from '../contract/event-log.ts';
import { type Incoming, RecordDecoder } from './decode-record.ts';
import type { Input } from './input.ts';
import { type GapPolicy, isOutOfRange, overGap } from './over-gap.ts';

/** The partition of an input, its reader, and where to start and end. */
export interface PartitionInputOptions<A> {
  readonly input: Input<A>;
  readonly partition: number;
  readonly reader: PartitionReader;
  /** Offset to start from, and the one to end at. */
  readonly from: number;
  readonly end: number;
  readonly refusalOfTime: (time: number, loggedAt: number) => string | undefined;
  readonly gap: GapPolicy;
  readonly now: () => number;
}

/** One input of a task: fetches records, and decodes each when it is its turn. */
export class PartitionInput<A> {
  readonly name: string;
  readonly topic: string;
  readonly #options: PartitionInputOptions<A>;
  readonly #decoder: RecordDecoder<A>;
  #records: readonly LogRecord[] = [];
  #at = 0;
  #head: Incoming<A> | undefined;
  #polled: number;
  #heardAt: number;

  constructor(options: PartitionInputOptions<A>) {
    const { input, from, now } = options;
    this.#options = options;
    this.name = input.name;
    this.topic = input.topic.name;
    this.#decoder = new RecordDecoder(options);
    this.#polled = from;
    this.#heardAt = now();
  }

  /** First offset not yet taken. */
  get next(): number {
    return this.#records[this.#at]?.offset ?? this.#polled;
  }

  /** Whether records have to be fetched before one can be taken. */
  get isEmpty(): boolean {
    return this.#at === this.#records.length;
  }

  get isEnded(): boolean {
    return this.isEmpty && this.#polled >= this.#options.end;
  }

  /** When the last records came, or the task started. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Fetches the next records, where none are left. */
  async fetch(request: Omit<PollRequest, 'from'>): Promise<void> {
    const { now } = this.#options;
    const { records, next } = await this.#poll(request);
    if (records.length > 0) {
      await this.#decoder.prepare(records);
      this.#heardAt = now();
    }
    this.#records = records;
    this.#at = 0;
    this.#polled = next;
  }

  async #poll(request: Omit<PollRequest, 'from'>): Promise<Slice> {
    const { reader, end, gap } = this.#options;
    const from = this.#polled;
    const maxRecords = Math.min(request.maxRecords, end - from);
    try {
      return await reader.poll({ ...request, from, maxRecords });
    } catch (cause) {
      if (!isOutOfRange(cause)) throw cause;
      // What comes behind the gap is for the next poll, which starts there.
      return { records: [], next: overGap(cause, gap) };
    }
  }

  /** The next record, decoded. There is one. */
  peek(): Incoming<A> {
    this.#head ??= this.#decoder.decode(this.#records[this.#at] as LogRecord);
    return this.#head;
  }

  /** Takes the next record. There is one. */
  take(): Incoming<A> {
    const head = this.peek();
    this.#head = undefined;
    this.#at++;
    return head;
  }
}
