import { expect, it } from 'vitest';
import { KafkaAccessError } from '../errors.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { kafkaLog } from './kafka-log.ts';

const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
/** Who asks for a password; `ann` may log in, and has no rights. */
const settings = {
  'listener.security.protocol.map': 'PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
  'sasl.enabled.mechanisms': 'PLAIN',
  'sasl.mechanism.inter.broker.protocol': 'PLAIN',
  'listener.name.plaintext.plain.sasl.jaas.config': `${login} username="admin" password="admin-secret" user_admin="admin-secret" user_ann="ann-secret";`,
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:admin;User:ANONYMOUS',
};

describeWithOwnKafka(
  'a cluster that asks who one is',
  (kafka) => {
    const open = (username: string, password: string) =>
      kafkaLog({
        brokers: kafka().brokers,
        patience: 5_000,
        sasl: { mechanism: 'plain', username, password },
      });

    it('lets in who it knows', async () => {
      const log = open('admin', 'admin-secret');
      await log.createTopic('plays', { partitions: 2 });
      await log.publish('plays', [{ key: 'a', value: Buffer.from('1') }]);
      const reader = await log.reader('plays', 0);
      const other = await log.reader('plays', 1);
      const ends = [await reader.bounds(), await other.bounds()].map(({ end }) => end);
      expect(ends.sort()).toEqual([0, 1]);
      await Promise.all([reader.close(), other.close()]);
      await log.close();
    });

    it('refuses a wrong password at once, and the error does not have it', async () => {
      const log = open('ann', 'wrong-secret');
      const failure = await log.partitions('plays').catch((cause: unknown) => cause);
      expect(failure).toBeInstanceOf(KafkaAccessError);
      expect(String(failure)).toMatch(/look up topic plays: .*Authentication failed/i);
      expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toContain(
        'wrong-secret',
      );
      await log.close();
    });

    it('tells who may not do what they ask for', async () => {
      const log = open('ann', 'ann-secret');
      await expect(log.createTopic('other', { partitions: 1 })).rejects.toThrow(KafkaAccessError);
      await expect(log.publish('plays', [{ key: 'a', value: Buffer.from('1') }])).rejects.toThrow(
        KafkaAccessError,
      );
      await log.close();
    });

    it('is not reached without a password: it says how long it tried', async () => {
      const log = kafkaLog({ brokers: kafka().brokers, patience: 500, connectionTimeout: 200 });
      await expect(log.partitions('plays')).rejects.toThrow(/tried 127\.0\.0\.1:\d+ for/);
      await log.close();
    });
  },
  { settings },
);
