import type { Reporter, TestModule } from 'vitest/node';

/** What a fault test tells of itself in its `task.meta`. */
interface FaultRecord {
  readonly fault: string;
  readonly events: number;
  readonly losses: number;
  readonly duplicates: number;
  readonly control?: string;
}

/** Shows, behind a run with fault tests, what each fault did, and which controls failed as they should. */
// biome-ignore lint/style/noDefaultExport: vitest takes a reporter that is a file's default export
export default class FaultTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const found = modules.flatMap((module) =>
      [...module.children.allTests()].flatMap((test) => {
        const { fault } = test.meta() as { readonly fault?: FaultRecord };
        return fault ? [{ ...fault, passed: test.result().state === 'passed' }] : [];
      }),
    );
    if (found.length === 0) return;
    console.log(`\n${table(rowsOf(found))}\n`);
  }
}

type Found = FaultRecord & { readonly passed: boolean };

function rowsOf(found: readonly Found[]): string[][] {
  const names = [...new Set(found.map(({ fault }) => fault))].sort();
  const rows = names.map((name) => {
    const own = found.filter(({ fault }) => fault === name);
    const faults = own.filter(({ control }) => control === undefined);
    const controls = own.filter(({ control }) => control !== undefined);
    const sum = (field: 'events' | 'losses' | 'duplicates') =>
      faults.reduce((total, record) => total + record[field], 0).toLocaleString('en');
    const failed = controls.map(
      ({ control, passed, losses, duplicates }) =>
        `${control}: ${passed ? `${losses} lost, ${duplicates} double` : 'DID NOT SHOW'}`,
    );
    const passed = faults.every((record) => record.passed) ? '' : ' FAILED';
    return [name + passed, sum('events'), sum('losses'), sum('duplicates'), failed.join('; ')];
  });
  return [['fault', 'events', 'losses', 'duplicates', 'controls, failing as they should'], ...rows];
}

function table(rows: readonly string[][]): string {
  const widths = [0, 1, 2, 3].map((c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, c) =>
          c === 0 || c === 4 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
