/** Where one broker listens and what it is. */
export interface BrokerPlace {
  readonly port: number;
  /** Where its controller listens: only the broker itself talks to it. */
  readonly controllerPort: number;
  /** Settings that come in place of ours, or beside them. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Returns the `server.properties` of a single broker on the loopback interface, which is its own
 * controller. Its data lie in `data`, relative to the folder it runs in, so that no character of a
 * path can be taken for anything else.
 */
export function brokerSettings({ port, controllerPort, settings }: BrokerPlace): string {
  const ours: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': 'data',
    'num.partitions': 6,
    // A misspelt topic should be an error, not a new topic.
    'auto.create.topics.enable': false,
    'log.retention.hours': 168,
    // There is one broker, so whatever wants three copies gets one.
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // A broker that was killed may come back only when its session has ended, after 9 s by default.
    'broker.session.timeout.ms': 1500,
    'broker.heartbeat.interval.ms': 300,
  };
  return Object.entries({ ...ours, ...settings })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
