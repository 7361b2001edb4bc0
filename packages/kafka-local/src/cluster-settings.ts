/** Where a broker of a cluster listens. */
export interface ClusterPlace {
  /** From 1 on. */
  readonly id: number;
  readonly port: number;
  /** Where its controller listens: only the brokers talk to it. */
  readonly controllerPort: number;
}

/**
 * Returns what a broker of a cluster has in place of the settings of a single one. Each is a
 * controller too, and whatever wants three copies gets them, where there are so many brokers: so all
 * goes on without one broker of three.
 */
export function clusterSettings(
  { id, port, controllerPort }: ClusterPlace,
  all: readonly ClusterPlace[],
): Readonly<Record<string, string>> {
  const count = Math.min(all.length, 3);
  const [copies, majority] = [`${count}`, `${Math.floor(count / 2) + 1}`];
  return {
    'node.id': `${id}`,
    'controller.quorum.voters': all
      .map((each) => `${each.id}@127.0.0.1:${each.controllerPort}`)
      .join(),
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'default.replication.factor': copies,
    'min.insync.replicas': majority,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': majority,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': majority,
  };
}
