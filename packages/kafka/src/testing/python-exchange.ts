import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { SubjectNaming } from '../registry/registry-options.ts';

const script = fileURLToPath(new URL('../../interop/exchange.py', import.meta.url));

/** An event as the script takes and gives it; its value as JSON, with what JSON lacks spelled out. */
export interface PythonRecord {
  readonly key: string;
  readonly headers?: readonly (readonly [
    name: string,
    value: string | { readonly bytes: string },
  ])[];
  readonly value: unknown;
}

export interface PythonProduce {
  readonly do: 'produce';
  readonly schema: unknown;
  readonly records: readonly PythonRecord[];
  /** How the subject is named. Default `topic`. */
  readonly subject?: SubjectNaming;
  readonly transaction?: { readonly id: string; readonly commit: boolean };
}

export interface PythonConsume {
  readonly do: 'consume';
  readonly isolation: 'read_committed' | 'read_uncommitted';
}

interface Where {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly topic: string;
}

/** Runs one request of `interop/exchange.py`. Its process has ended when this settles. */
export async function pythonExchange<T>(
  interpreter: string,
  { brokers, registryUrl, topic }: Where,
  request: PythonProduce | PythonConsume,
): Promise<T> {
  const child = spawn(interpreter, [script], { stdio: 'pipe' });
  try {
    child.stdin.end(
      JSON.stringify({ ...request, brokers: brokers.join(','), registry: registryUrl, topic }),
    );
    const [answer, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (answer === '') throw new Error(`exchange.py gave no answer:\n${errors}`);
    return JSON.parse(answer) as T;
  } finally {
    child.kill('SIGKILL');
  }
}
