import type { KafkaFailure } from '../client/failure.ts';

/** Whether a broker takes the producer for an old one: another has its transactional id, or its transaction timed out. */
export function isTaken({ type, message }: KafkaFailure): boolean {
  // PRODUCER_FENCED, which kafkajs does not know.
  return type === 'INVALID_PRODUCER_EPOCH' || message === 'Unknown error code 90';
}

/** Whether a broker does not take the producer's transactions any more, for that or for other reasons. */
export function isFencing(failure: KafkaFailure): boolean {
  const { type } = failure;
  return isTaken(failure) || type === 'INVALID_PRODUCER_ID_MAPPING' || type === 'INVALID_TXN_STATE';
}
