export {
  type AvroDecoder,
  type AvroEncoder,
  avroDecoder,
  avroEncoder,
} from './codec/avro-codec.ts';
export {
  defineEvent,
  type EventOptions,
  type EventType,
  type EventValue,
  type RecordSchema,
} from './codec/define-event.ts';
export { type FileRegistryOptions, fileRegistry } from './codec/file-registry.ts';
export type { AvroField, InferAvro } from './codec/infer-avro.ts';
export { memoryRegistry } from './codec/memory-registry.ts';
export type { SchemaRegistry } from './codec/schema-registry.ts';
export { schemaIdOf } from './codec/wire-format.ts';
export type { Checkpoint, StateChange } from './engine/checkpoint.ts';
export type { Clock } from './engine/clock.ts';
export type { CommitReport } from './engine/commit-queue.ts';
export {
  type Emitter,
  type KeyedState,
  type SideOutput,
  type State,
  useCounter,
  useEmitter,
  useKeyedState,
  useRejection,
  useSideOutput,
  useState,
} from './engine/host.ts';
export type {
  EpochBounds,
  InputEvent,
  Inputs,
  JobOptions,
  JobSettings,
  MergedJobOptions,
} from './engine/job-options.ts';
export { operator, type SourceObserver } from './engine/operator.ts';
export type { Pipeline } from './engine/pipeline.ts';
export { type RedriveSummary, redrive } from './engine/redrive.ts';
export type { RetryOptions, RetryReport } from './engine/retry.ts';
export { type JobSummary, type RunningJob, run, startJob } from './engine/run.ts';
export type { StartAt } from './engine/start-at.ts';
export {
  type FileStateStoreOptions,
  fileStateStore,
  type StateStore,
} from './engine/state-store.ts';
export type { ReadonlyKeyedState, StateView } from './engine/state-view.ts';
export { useWatermark, type Watermark } from './engine/watermark.ts';
export { watermarkRecord } from './engine/watermark-record.ts';
export {
  ClosedError,
  CodecError,
  DeadLetterLimitError,
  FencedError,
  ForeignWriterError,
  LogCorruptedError,
  LogLockedError,
  OffsetOutOfRangeError,
  OptionError,
  PartitionCountError,
  PipelineError,
  PoisonError,
  SchemaError,
  StateMismatchError,
  StreamifyError,
  UnknownTopicError,
} from './errors.ts';
export { isStreamEvent, type Position, rowOf, type StreamEvent } from './event.ts';
export { checkLimits } from './log/check-poll.ts';
export type {
  Assignment,
  AssignmentListener,
  Bounds,
  EventLog,
  Headers,
  LogRecord,
  NewRecord,
  PartitionReader,
  PollRequest,
  Slice,
} from './log/event-log.ts';
export { type FileLogOptions, fileLog } from './log/file-log.ts';
export { type MemoryLogOptions, memoryLog } from './log/memory-log.ts';
export { partitionOf } from './log/partition-of.ts';
export type { Recovery } from './log/recover-partition.ts';
export type { Topic } from './log/topic.ts';
export { checkSameCount, unknownTopic } from './log/topic-errors.ts';
export { checkPartitions, checkTopicName } from './log/topic-name.ts';
export { typedTopic } from './log/typed-topic.ts';
export { type JsonMetricsOptions, jsonMetrics } from './metrics/json-metrics.ts';
export { type LineMetricsOptions, lineMetrics } from './metrics/line-metrics.ts';
export type { EpochMetrics, MetricsReporter } from './metrics/metrics.ts';
export { type PrometheusMetrics, prometheusMetrics } from './metrics/prometheus-metrics.ts';
export {
  type Cleaned,
  type CleanOptions,
  type CleanRules,
  clean,
  reject,
} from './operators/clean.ts';
export { type DeduplicateOptions, deduplicate } from './operators/deduplicate.ts';
export {
  type Aggregate,
  type TumblingWindowOptions,
  tumblingWindow,
  type WindowResult,
} from './operators/tumbling-window.ts';
export { type FileSink, type FileSinkOptions, fileSink } from './sink/file-sink.ts';
export { type LogSink, type LogSinkOptions, logSink } from './sink/log-sink.ts';
export {
  type CommitMoment,
  type MemorySink,
  type MemorySinkOptions,
  memorySink,
} from './sink/memory-sink.ts';
export type {
  DeadLetter,
  EpochCommit,
  EpochOutput,
  ResultId,
  SideElement,
  Sink,
  SinkTask,
  TaskId,
} from './sink/sink.ts';
export { type ColumnType, misfitOf, type TableColumn, tableColumns } from './sink/table-columns.ts';
