import { join } from 'node:path';
import { exists } from './exists.ts';
import { checkDir } from './local-kafka-options.ts';
import type { LocalService } from './local-service.ts';
import { withLock } from './process/lock.ts';
import { stopProcess } from './process/stop-process.ts';
import { readRunning, removeRunning } from './state-file.ts';

/** Which local broker is meant: the one of a folder. */
export interface StopOptions {
  /** The folder of its data and logs. */
  readonly dir: string;
  /** Hears what takes its time, one line each; default: nobody does. */
  readonly report?: (line: string) => void;
}

/** A process that ran, and was ended. */
export interface StoppedService {
  readonly service: LocalService;
  readonly pid: number;
}

/**
 * Ends what runs in a folder cleanly, whoever started it, and resolves with what that was when it
 * has gone: nothing, perhaps. The data stay. A start that is under way is waited for.
 */
export async function stopLocalKafka({
  dir,
  report = () => {},
}: StopOptions): Promise<readonly StoppedService[]> {
  const folder = checkDir(dir);
  if (!(await exists(folder))) return [];
  const onWait = (pid: number) => report(`waiting for process ${pid}, which starts a broker …`);
  return withLock(join(folder, '.lock'), onWait, async () => {
    const { broker, registry } = await readRunning(folder);
    await Promise.all([broker, registry].map((each) => each && stopProcess(each)));
    await removeRunning(folder);
    return [
      ...(broker ? [{ service: 'broker', pid: broker.pid } as const] : []),
      ...(registry ? [{ service: 'registry', pid: registry.pid } as const] : []),
    ];
  });
}
