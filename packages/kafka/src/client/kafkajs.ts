import kafkajs from 'kafkajs';

/** kafkajs is a CommonJS module, of which not every name can be imported by itself. */
export const {
  CompressionTypes,
  CompressionCodecs,
  ConfigResourceTypes,
  Kafka,
  logLevel,
  PartitionAssigners,
} = kafkajs;
