import { readRunning } from './state-file.ts';
import { type StopOptions, type StoppedService, stopLocalKafka } from './stop-local-kafka.ts';

/** Ends a registry that was left by a broker which ended by itself: a new start would find its port taken. */
export async function stopOrphan(options: StopOptions): Promise<readonly StoppedService[]> {
  const { broker, registry } = await readRunning(options.dir);
  return registry && !broker ? stopLocalKafka(options) : [];
}
