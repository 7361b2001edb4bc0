import type { KafkaFailure } from '../client/failure.ts';

/** Whether a broker says that a newer producer has the transactional id, or that the transaction timed out. */
export function isTaken({ type, message }: KafkaFailure): boolean {
  // PRODUCER_FENCED, which kafkajs does not know.
  return type === 'INVALID_PRODUCER_EPOCH' || message === 'Unknown error code 90';
}

/** Whether a broker refuses all further transactions of the producer: those of {@link isTaken}, and failures of its id or its state. */
export function isFencing(failure: KafkaFailure): boolean {
  const { type } = failure;
  return isTaken(failure) || type === 'INVALID_PRODUCER_ID_MAPPING' || type === 'INVALID_TXN_STATE';
}
