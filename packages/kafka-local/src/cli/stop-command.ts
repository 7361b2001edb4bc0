import { join, resolve } from 'node:path';
import { exists } from '../exists.ts';
import { withLock } from '../process/lock.ts';
import { stopProcess } from '../process/stop-process.ts';
import { readRunning, removeRunning } from '../state-file.ts';

/** Ends what runs in a folder, and tells what it ended. A start that is under way is waited for. */
export async function stopCommand(folder: string, print: (text: string) => void): Promise<void> {
  const dir = resolve(folder);
  if (!(await exists(dir))) {
    print(`nothing runs in ${dir}\n`);
    return;
  }
  const onWait = (pid: number) => print(`waiting for process ${pid}, which starts a broker …\n`);
  await withLock(join(dir, '.lock'), onWait, async () => {
    const running = Object.entries(await readRunning(dir));
    await Promise.all(running.map(([, process]) => stopProcess(process)));
    await removeRunning(dir);
    if (running.length === 0) print(`nothing runs in ${dir}\n`);
    for (const [name, { pid }] of running) print(`stopped the ${name} (process ${pid})\n`);
  });
}
