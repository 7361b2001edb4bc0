import type { Broker } from 'kafkajs';

/** What brokers that coordinate transactions are asked, which kafkajs has no types for. */
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

/** Who writes, as the cluster has it: a later epoch fences the one before. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}
