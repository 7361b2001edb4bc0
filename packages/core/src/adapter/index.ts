export {
  type AvroDecoder,
  type AvroEncoder,
  avroDecoder,
  avroEncoder,
} from '../codec/avro-codec.ts';
export { unscaledOf } from '../codec/decimal-text.ts';
export { copyOfHeaders, headersJson, headersOf, readHeadersJson } from '../codec/header-values.ts';
export { type JsonFault, jsonFault } from '../codec/json-fault.ts';
export { schemaConflict } from '../codec/schema-conflict.ts';
export { watermarkRecord } from '../codec/watermark-record.ts';
export { schemaIdOf } from '../codec/wire-format.ts';
export { checkOptions, type OptionNames } from '../contract/check-options.ts';
export type { Checkpoint, StateChange } from '../contract/checkpoint.ts';
export { letterId } from '../contract/dead-letter.ts';
export { editDistance } from '../contract/edit-distance.ts';
export type { EpochCommit, EpochOutput, OutputRows, SideElement } from '../contract/epoch.ts';
export type {
  Assignment,
  AssignmentListener,
  Bounds,
  LogRecord,
  NewRecord,
  PartitionReader,
  PollRequest,
  Slice,
} from '../contract/event-log.ts';
export type { NamedSinks, SinkTask, TaskId } from '../contract/sink.ts';
export type { TopicCodec, ValueDecoder, ValueEncoder } from '../contract/topic-codec.ts';
export { addCounts } from './add-counts.ts';
export { assignAll } from './assign-all.ts';
export { checkOwnInput } from './check-own-input.ts';
export { checkLimits, checkRange } from './check-poll.ts';
export {
  checkTopicsAgree,
  checkWatermarks,
  type OutputTopic,
  targetOf,
} from './check-topics-agree.ts';
export {
  type ColumnItems,
  type ColumnKind,
  type ColumnType,
  columnName,
  type Nested,
  type TableColumn,
} from './column-kinds.ts';
export { misfitOf } from './column-misfit.ts';
export { commonPartitions } from './common-partitions.ts';
export { endOffsets } from './end-offsets.ts';
export { HighWatermark } from './high-watermark.ts';
export { jsonMisfit, jsonText } from './json-text.ts';
export { missingColumns, type StoredColumn, type StoredTable } from './missing-columns.ts';
export { openLetters } from './open-letters.ts';
export { ownerToken } from './owner-token.ts';
export { partitionOf } from './partition-of.ts';
export { hasState } from './pipeline-description.ts';
export { provenanceColumns, provenanceOf } from './provenance.ts';
export { elementMisfit, rowValues } from './row-values.ts';
export { SinkTargets } from './sink-targets.ts';
export { stateAfter } from './state-after.ts';
export { readResult, type StoredResult, storeResult } from './stored-result.ts';
export { systemReason } from './system-reason.ts';
export { tableColumns } from './table-columns.ts';
export {
  checkTablesAgree,
  defineTable,
  type TableDefinition,
  type WriteMode,
} from './table-definition.ts';
export { targetPartition } from './target-partition.ts';
export { type ToldWatermark, tellWatermark } from './told-watermark.ts';
export { topicBounds } from './topic-bounds.ts';
export { checkPartition, checkSameCount, deletedTopic, unknownTopic } from './topic-errors.ts';
export { checkPartitions, checkTopicName } from './topic-name.ts';
export {
  type StatementRunner,
  type Transact,
  type Transactions,
  transactions,
} from './transactions.ts';
export { typedTopic } from './typed-topic.ts';
export { writtenEnd } from './written-end.ts';
