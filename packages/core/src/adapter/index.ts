export {
  type AvroDecoder,
  type AvroEncoder,
  avroDecoder,
  avroEncoder,
} from '../codec/avro-codec.ts';
export { watermarkRecord } from '../codec/watermark-record.ts';
export { schemaIdOf } from '../codec/wire-format.ts';
export type { Checkpoint, StateChange } from '../contract/checkpoint.ts';
export type { EpochCommit, EpochOutput, SideElement } from '../contract/epoch.ts';
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
export type { SinkTask, TaskId } from '../contract/sink.ts';
export { assignAll } from './assign-all.ts';
export { checkLimits, checkRange } from './check-poll.ts';
export { commonPartitions } from './common-partitions.ts';
export { endOffsets } from './end-offsets.ts';
export { HighWatermark } from './high-watermark.ts';
export { partitionOf } from './partition-of.ts';
export { type ColumnType, misfitOf, type TableColumn, tableColumns } from './table-columns.ts';
export { targetPartition } from './target-partition.ts';
export { topicBounds } from './topic-bounds.ts';
export { checkPartition, checkSameCount, deletedTopic, unknownTopic } from './topic-errors.ts';
export { checkPartitions, checkTopicName } from './topic-name.ts';
export { typedTopic } from './typed-topic.ts';
