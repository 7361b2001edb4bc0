import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Tells who listens on a port, as `process 4711 (java -cp …)`; `undefined` where that cannot be told. */
export async function portHolder(port: number): Promise<string | undefined> {
  const pid = process.platform === 'linux' ? await linuxHolder(port) : await lsofHolder(port);
  if (pid === undefined) return undefined;
  const command = await commandOf(pid);
  return command ? `process ${pid} (${command})` : `process ${pid}`;
}

const listening = '0A';

async function linuxHolder(port: number): Promise<number | undefined> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(textOf));
  const inodes = tables.flatMap((table) =>
    table
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === listening)
      .map((fields) => `socket:[${fields[9]}]`),
  );
  if (inodes.length === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (await hasOpen(pid, inodes)) return Number(pid);
  }
  return undefined;
}

/** Processes of other users do not show what they have open. */
async function hasOpen(pid: string, targets: readonly string[]): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(
    names.map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  );
  return links.some((link) => targets.includes(link));
}

const textOf = (file: string) => readFile(file, 'utf8').catch(() => '');

async function lsofHolder(port: number): Promise<number | undefined> {
  const output = await outputOf('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t']);
  const [first] = output.trim().split('\n');
  return first ? Number(first) : undefined;
}

async function commandOf(pid: number): Promise<string> {
  const command = await outputOf('ps', ['-o', 'command=', '-p', String(pid)]);
  const text =
    command.trim() || (await textOf(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim();
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Empty where the program is missing or finds nothing: who holds a port is only good to know. */
async function outputOf(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, [...args])).stdout;
  } catch {
    return '';
  }
}
