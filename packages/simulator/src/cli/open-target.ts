import { type EventLog, fileLog, type SchemaRegistry } from '@streamify/core';
import { systemReason } from '@streamify/core/adapter';
import { type TopicName, topics } from '@streamify/models';
import { OutputError, UsageError } from '../errors.ts';
import { avroFiles } from '../output/avro-files.ts';
import { lineFiles } from '../output/line-files.ts';
import { lineStream } from '../output/line-stream.ts';
import { logOutput } from '../output/log-output.ts';
import { nowhere, type OutputMark, type RecordOutput } from '../output/record-output.ts';
import type { RecordFormat } from '../records/record-format.ts';
import { topicOrder } from '../records/record-writer.ts';
import type { CommandLine, Target } from './command-line.ts';

/** Where a run writes, and how. */
export interface OpenTarget {
  readonly format: RecordFormat;
  /** Ids of the schemas with one field more, by topic. */
  readonly newerSchemaIds?: readonly number[];
  /** Actions of a block: what is handed over at a time. */
  readonly capacity: number;
  open(mark: OutputMark | undefined): Promise<RecordOutput>;
}

/** Prepares what the command line asks for; nothing is written before `open`. */
export async function openTarget(line: CommandLine): Promise<OpenTarget> {
  const { target, format: kind, ids, partitions } = line;
  const capacity = 256;
  const lines = (together: boolean): RecordFormat => ({
    kind: 'json',
    ids,
    together,
    keyed: false,
  });
  if (target.kind === 'files') {
    const { dir } = target;
    return kind === 'json'
      ? { format: lines(false), capacity, open: async (mark) => lineFiles(dir, mark) }
      : {
          format: { kind: 'avro', keyed: false },
          capacity,
          open: async (mark) => avroFiles(dir, mark),
        };
  }
  if (target.kind === 'nowhere')
    return { format: lines(false), capacity, open: async () => nowhere };
  if (target.kind === 'stdout' || target.kind === 'sample')
    return { format: lines(true), capacity, open: async () => lineStream(process.stdout) };

  const log = target.kind === 'log' ? await openLog(target.dir) : await kafka(target);
  // Each publish ends with a sync: few and large.
  const large = {
    capacity: 4_096,
    open: (mark: OutputMark | undefined) =>
      logOutput(log, { partitions, isText: kind === 'json' }, mark),
  };
  if (kind === 'json') return { ...large, format: { ...lines(false), keyed: true } };
  // One behind the other: the ids, and so the bytes, are the same each time.
  const register = async (newer: boolean): Promise<number[]> => {
    const ids: number[] = [];
    for (const topic of topicOrder)
      ids.push(await log.registry.register(`${topic}-value`, schemaOf(topic, newer)));
    return ids;
  };
  try {
    const schemaIds = await register(false);
    const format = { kind, schemaIds, keyed: true } as const;
    if (!line.faults?.schemaV2) return { ...large, format };
    return { ...large, format, newerSchemaIds: await register(true) };
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function openLog(dir: string): Promise<EventLog> {
  try {
    return await fileLog({ dir });
  } catch (cause) {
    const reason = systemReason(cause);
    if (reason === undefined) throw cause;
    throw new OutputError(`cannot make the log ${dir}: ${reason}`, { cause });
  }
}

/** The schema of a topic; the newer one has a field more at its end. */
function schemaOf(topic: TopicName, newer: boolean) {
  const { schema } = topics[topic];
  if (!newer) return schema;
  const connection = {
    name: 'connection',
    type: ['null', 'string'],
    default: null,
    doc: 'How the device is online: wifi or cellular.',
  } as const;
  return { ...schema, fields: [...schema.fields, connection] };
}

/** What the command needs of `@streamify/kafka`, which is only there when it was installed. */
interface KafkaPackage {
  kafkaLog(options: {
    readonly brokers: readonly string[];
    readonly registry?: SchemaRegistry;
  }): EventLog;
  confluentRegistry(options: { readonly url: string }): SchemaRegistry;
}

async function kafka({ brokers, registryUrl }: Extract<Target, { kind: 'kafka' }>) {
  const { kafkaLog, confluentRegistry } = await kafkaPackage();
  return kafkaLog({
    brokers: brokers.split(',').map((broker) => broker.trim()),
    ...(registryUrl !== undefined && { registry: confluentRegistry({ url: registryUrl }) }),
  });
}

async function kafkaPackage(): Promise<KafkaPackage> {
  const name = '@streamify/kafka';
  let found: Partial<KafkaPackage>;
  try {
    found = (await import(name)) as Partial<KafkaPackage>;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new UsageError(`--kafka needs the package ${name}: npm install ${name}`, { cause });
  }
  const { kafkaLog, confluentRegistry } = found;
  if (typeof kafkaLog === 'function' && typeof confluentRegistry === 'function')
    return { kafkaLog, confluentRegistry };
  throw new UsageError(
    `--kafka needs a version of ${name} that has kafkaLog and confluentRegistry: npm install ${name}@latest`,
  );
}
