import type { Broker } from 'kafkajs';
import type { ProducerIdentity } from '../produce/batch-sender.ts';

/** A broker that coordinates transactions, with the requests that kafkajs has no types for. */
export interface Coordinator extends Broker {
  initProducerId(request: {
    readonly transactionalId: string;
    readonly transactionTimeout: number;
  }): Promise<ProducerIdentity>;
  addPartitionsToTxn(
    request: ProducerIdentity & {
      readonly transactionalId: string;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly number[];
      }[];
    },
  ): Promise<unknown>;
  endTxn(
    request: ProducerIdentity & {
      readonly transactionalId: string;
      readonly transactionResult: boolean;
    },
  ): Promise<unknown>;
}
