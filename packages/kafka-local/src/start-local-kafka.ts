import { OptionError } from '@streamify/core';
import { launch } from './launch.ts';
import { checkOptions, type LocalKafkaOptions } from './local-kafka-options.ts';
import { type LocalKafkaPlace, placeOf } from './local-kafka-place.ts';
import type { LocalService } from './local-service.ts';
import { asRunning, note, type Placed } from './placed.ts';
import { killWith } from './process/kill-with.ts';
import { stopProcess } from './process/stop-process.ts';
import { removeRunning } from './state-file.ts';

/** A real broker that runs on this machine, and a schema registry where one was asked for. */
export interface LocalKafka extends LocalKafkaPlace {
  /** Ends both cleanly and resolves when they have gone; may be called again. The data stay. */
  stop(): Promise<void>;
  /**
   * Sends a signal to the broker, or to the registry, as a fault would. Resolves when the process
   * has gone, where the signal ends it.
   */
  kill(signal?: NodeJS.Signals, service?: LocalService): Promise<void>;
  /** Starts the broker, or the registry, once more on its port and its data, ending it first where it runs. */
  restart(service?: LocalService): Promise<void>;
}

/**
 * Starts a real single-node broker on the loopback interface and resolves when it can be used.
 *
 * For those who have no cluster: its jars are fetched by Maven the first time, and it needs Java.
 * Data under `dir` are there again at the next start. The processes end with this one, however it
 * ends, but do not hear its Ctrl-C: so a job can still finish what it has begun. For a broker that
 * stays, see {@link ensureLocalKafka}.
 *
 * @throws OptionError for an option that cannot work.
 * @throws MissingPrerequisiteError without Java 17, or without Maven while jars have to be fetched.
 * @throws PortInUseError when somebody listens on a port that was given.
 * @throws AlreadyRunningError when a broker runs in `dir`.
 * @throws LocalKafkaError with the end of its log when one dies or does not come up.
 *
 * @example
 * ```ts
 * import { startLocalKafka } from '@streamify/kafka-local';
 *
 * const kafka = await startLocalKafka({ dir: '.streamify/kafka', registry: true });
 * console.log(kafka.brokers, kafka.registryUrl);
 * await kafka.stop();
 * ```
 */
export async function startLocalKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  const checked = checkOptions(options);
  const { dir } = checked;
  const { start, ...first } = await launch(checked);
  const running: { broker: Placed; registry: Placed | undefined } = first;

  const placed = (which: LocalService): Placed => {
    const found = running[which];
    if (found) return found;
    throw new OptionError(`no schema registry runs in ${dir}: start it with registry: true`);
  };
  const place = () =>
    placeOf(dir, asRunning(running.broker), running.registry && asRunning(running.registry));
  return {
    ...place(),
    get pids() {
      return place().pids;
    },
    async stop() {
      const { broker, registry } = running;
      await Promise.all(
        [broker, registry].map((each) => each && stopProcess(each.service.process)),
      );
      await removeRunning(dir);
    },
    async kill(signal = 'SIGKILL', which = 'broker') {
      await killWith(placed(which).service.process, signal);
    },
    async restart(which = 'broker') {
      const { port, service } = placed(which);
      await stopProcess(service.process);
      running[which] = await start(which, port);
      await note(dir, running.broker, running.registry);
    },
  };
}
