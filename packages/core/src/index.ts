export {
  type ResumingPublisher,
  type ResumingPublisherOptions,
  resumingPublisher,
} from './adapter/resuming-publisher.ts';
export { defineEvent, type EventOptions, type LongsOption } from './codec/define-event.ts';
export { type FileRegistryOptions, fileRegistry } from './codec/file-registry.ts';
export { memoryRegistry } from './codec/memory-registry.ts';
export type { DeadLetter, ResultId } from './contract/dead-letter.ts';
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
  TableMismatchError,
  TopicRecreatedError,
  UnknownTopicError,
} from './contract/errors.ts';
export { isStreamEvent, type Position, rowOf, type StreamEvent } from './contract/event.ts';
export type { EventLog, NewRecord, Topic } from './contract/event-log.ts';
export type { EventType, EventValue, Longs, RecordSchema } from './contract/event-type.ts';
export { type Headers, type HeaderValue, headerText } from './contract/headers.ts';
export type { AvroField, InferAvro } from './contract/infer-avro.ts';
export type { Key, KeyPart } from './contract/key.ts';
export type { EpochMetrics, MetricsReporter } from './contract/metrics.ts';
export type { Output, OutputRoute } from './contract/output.ts';
export type { RetryOptions } from './contract/retry-options.ts';
export type { SchemaRegistry } from './contract/schema-registry.ts';
export type { Sink } from './contract/sink.ts';
export type { StateStore } from './contract/state-store.ts';
export type { TopicOptions, WireFormat } from './contract/topic-codec.ts';
export type { TableOptions, TableRow, TableSink, Warehouse } from './contract/warehouse.ts';
export type { Clock } from './job/clock.ts';
export type { CommitReport } from './job/commit-queue.ts';
export type {
  EpochBounds,
  InputEvent,
  Inputs,
  JobOptions,
  JobSettings,
  MergedJobOptions,
} from './job/job-options.ts';
export { type RedriveSummary, redrive } from './job/redrive.ts';
export type { RetryReport } from './job/retry-report.ts';
export { type RunningJob, run, startJob } from './job/run.ts';
export type { JobSummary } from './job/run-outcome.ts';
export type { StartAt } from './job/start-at.ts';
export { type FileLogOptions, fileLog } from './log/file/file-log.ts';
export type { Recovery } from './log/file/recover-partition.ts';
export { type MemoryLogOptions, memoryLog } from './log/memory/memory-log.ts';
export { type JsonMetricsOptions, jsonMetrics } from './metrics/json-metrics.ts';
export { type LineMetricsOptions, lineMetrics } from './metrics/line-metrics.ts';
export { type PrometheusMetrics, prometheusMetrics } from './metrics/prometheus-metrics.ts';
export { output } from './operator-kit/output.ts';
export {
  type Cleaned,
  type CleanOptions,
  type CleanRules,
  clean,
  reject,
} from './operators/clean.ts';
export { type DeduplicateOptions, deduplicate } from './operators/deduplicate.ts';
export { type CallContext, type MapAsyncOptions, mapAsync } from './operators/map-async.ts';
export { type RouteOptions, route } from './operators/route.ts';
export {
  type Aggregate,
  type TumblingWindowOptions,
  tumblingWindow,
  type WindowResult,
} from './operators/tumbling-window.ts';
export { type FileSink, type FileSinkOptions, fileSink } from './sink/file/file-sink.ts';
export { type LogSink, type LogSinkOptions, logSink } from './sink/log/log-sink.ts';
export {
  type CommitMoment,
  type MemorySink,
  type MemorySinkOptions,
  memorySink,
} from './sink/memory/memory-sink.ts';
export type { ReadonlyKeyedState, StateView } from './state/state-view.ts';
export { type FileStateStoreOptions, fileStateStore } from './store/file-state-store.ts';
export type { Pipeline } from './task/pipeline.ts';
