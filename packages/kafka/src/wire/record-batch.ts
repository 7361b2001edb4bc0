/**
 * Where the fields of a record batch are, in bytes from its start, in Kafka's format since 0.11.
 * Source: Apache Kafka documentation, "Message Format", "Record Batch".
 */
export const field = {
  baseOffset: 0,
  /** Bytes behind this field. */
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  /** The checksum covers all from here on. */
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
  records: 61,
} as const;

/** The version of the format. */
export const magic = 2;

/** Bits of a batch's attributes. */
export const attribute = {
  compression: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
} as const;
