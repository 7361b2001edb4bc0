import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DataDir } from '../data-dir.ts';
import { type Progress, shown } from '../progress.ts';
import { repositoryRoot } from '../repository-root.ts';
import { UsageError } from '../usage-error.ts';

/** A line that `dbt/run_dbt.py` prints. */
type Report =
  | {
      readonly event: 'node';
      readonly done: number;
      readonly total: number;
      readonly name: string;
      readonly status: string;
      readonly message?: string | null;
    }
  | { readonly event: 'end'; readonly success: boolean };

/** What dbt did. */
export interface ModelResult {
  /** Nodes by status: models and seeds that were built, tests that passed. */
  readonly statuses: Readonly<Record<string, number>>;
}

/**
 * Builds and tests the star schema with dbt: aside, and moved into place only when it is whole, so
 * that whoever reads the warehouse never sees half of one. Resolves with `undefined` when stopped.
 *
 * @throws UsageError when there is no Python environment, or a model or test fails.
 */
export async function buildModels(
  { raw, warehouse, building, dbt }: DataDir,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<ModelResult | undefined> {
  const python = join(repositoryRoot, '.venv', 'bin', 'python');
  if (!existsSync(python))
    throw new UsageError(
      `dbt needs the Python environment ${python}, which is missing: run node scripts/setup.mjs --python`,
    );
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  mkdirSync(dbt, { recursive: true });
  const aside = join(building, 'warehouse.duckdb');

  // dbt ends when its standard input does, so it cannot outlive this process, however that dies.
  const child = spawn(python, [join(repositoryRoot, 'dbt', 'run_dbt.py')], {
    env: {
      ...process.env,
      STREAMIFY_RAW: raw,
      STREAMIFY_WAREHOUSE: aside,
      DBT_TARGET_PATH: join(dbt, 'target'),
      DBT_LOG_PATH: join(dbt, 'logs'),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stop = () => child.stdin.end();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();

  const statuses: Record<string, number> = {};
  const failures: string[] = [];
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors = `${errors}${chunk}`.slice(-4_000);
  });
  const exited = new Promise<number | null>((settle, reject) => {
    child.once('error', reject);
    child.once('close', settle);
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const report = parseReport(line);
    if (report?.event !== 'node') continue;
    const { done, total, name, status, message } = report;
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === 'fail' || status === 'error') failures.push(`${name}: ${message ?? status}`);
    progress.update(done, total, `${shown(done)} of ${shown(total)}: ${name}`);
  }
  const code = await exited;
  signal.removeEventListener('abort', stop);
  if (signal.aborted) return undefined;
  if (code !== 0)
    throw new UsageError(
      `dbt failed (log: ${join(dbt, 'logs', 'dbt.log')}):\n${failures.join('\n') || errors.trim() || `exit code ${code}`}`,
    );
  renameSync(aside, warehouse);
  rmSync(building, { recursive: true, force: true });
  return { statuses };
}

function parseReport(line: string): Report | undefined {
  try {
    return JSON.parse(line) as Report;
  } catch {
    return undefined; // something of Python's own between the reports
  }
}
