import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, type StartedProcess } from './process/process-start.ts';

/** One of the processes that run in a folder. */
export interface RunningService extends StartedProcess {
  readonly port: number;
}

/** What runs in a folder: whoever stops it later knows it from here. */
export interface RunningServices {
  readonly broker?: RunningService;
  readonly registry?: RunningService;
}

/** Whether there is a broker, and a registry where one is wanted. */
export function runsAll({ broker, registry }: RunningServices, isRegistryWanted: boolean): boolean {
  return broker !== undefined && (registry !== undefined || !isRegistryWanted);
}

const fileOf = (dir: string) => join(dir, 'running.json');

/** Notes down what runs in a folder. */
export async function writeRunning(dir: string, services: RunningServices): Promise<void> {
  const fresh = `${fileOf(dir)}.new`;
  await writeFile(fresh, `${JSON.stringify(services, undefined, 2)}\n`);
  await rename(fresh, fileOf(dir));
}

/** Notes down that nothing does. */
export async function removeRunning(dir: string): Promise<void> {
  await rm(fileOf(dir), { force: true });
}

/** Tells what runs in a folder now; what was killed meanwhile is not among it. */
export async function readRunning(dir: string): Promise<RunningServices> {
  const { broker, registry } = await readNoted(dir);
  return {
    ...(broker && (await isRunning(broker)) && { broker }),
    ...(registry && (await isRunning(registry)) && { registry }),
  };
}

/** Tells what was started in a folder and not stopped since, whether it runs or not. */
export async function readNoted(dir: string): Promise<RunningServices> {
  try {
    return JSON.parse(await readFile(fileOf(dir), 'utf8')) as RunningServices;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
