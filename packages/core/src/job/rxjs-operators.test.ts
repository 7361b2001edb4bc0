import { AssertionError } from 'node:assert';
import { readFileSync } from 'node:fs';
import { Play, plays, playsLog } from '@streamify/test-kit/plays';
import * as rxjs from 'rxjs';
import * as rxjsOperators from 'rxjs/operators';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../contract/errors.ts';
import { asideExports } from '../fixtures/rxjs-uses/aside.ts';
import { rxjsUses } from '../fixtures/rxjs-uses/index.ts';
import type { Through, Verdict } from '../fixtures/rxjs-uses/use.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { eventsOf } from '../testing/events-of.ts';
import { faultySink } from '../testing/fault-switches.ts';
import { restartSafe } from '../testing/restart-safe.ts';
import { run } from './run.ts';

class Killed extends Error {}

/** What a sink holds after a job over 40 events in epochs of 10, and the error that it ended with. */
async function delivered(through: Through, atEnd: 'stop' | 'complete', killedAt?: number) {
  const { topic } = await playsLog(plays(40));
  const into = memorySink<unknown>();
  const job = { name: 'job', from: topic, through, atEnd, epoch: { maxRecords: 10 } };
  let commits = 0;
  const killing = faultySink(into, (moment) => {
    if (moment === 'before commit' && ++commits === killedAt) throw new Killed();
  });
  const end = await run({ ...job, into: killing }).catch((cause: unknown) => cause);
  const failure =
    end instanceof Killed
      ? await run({ ...job, into }).then(
          () => undefined,
          (cause: unknown) => cause,
        )
      : end;
  const dead = into.dead.map(({ position, reason }) => ({ position, reason }));
  const counts = into.counts('job');
  return { failure, counts, result: { rows: [...into.rows], dead, counts } };
}

/** What becomes of a job, seen by what it does. */
async function verdictOf(through: Through): Promise<Verdict> {
  const [stopped, completed] = [
    await delivered(through, 'stop'),
    await delivered(through, 'complete'),
  ];
  const checked = await restartSafe(through, eventsOf(Play, plays(40))).catch(
    (cause: unknown) => cause,
  );
  if (stopped.failure instanceof PipelineError) {
    expect(completed.failure).toBeInstanceOf(PipelineError);
    // Found by the test kit, whichever way it looks.
    expect(checked instanceof PipelineError || checked instanceof AssertionError).toBe(true);
    return stopped.counts['in'] === undefined ? 'refused' : 'refused at the end';
  }
  if (checked instanceof AssertionError) return 'found in a test';
  expect(checked).toBe(undefined);
  for (const atEnd of ['stop', 'complete'] as const) {
    const restarted = await delivered(through, atEnd, 3);
    expect(restarted.result).toEqual((atEnd === 'stop' ? stopped : completed).result);
  }
  expect(stopped.counts['in']).toBe(40);
  return 'right';
}

/** The table of the page. */
function table(): string {
  const used = rxjsUses.map(
    ({ name, how, verdict }) => `| \`${name}\` | \`${how}\` | ${verdict} |`,
  );
  const aside = Object.entries(asideExports).map(
    ([name, why]) => `| \`${name}\` | ${why} | no part of a pipeline |`,
  );
  const rows = [...used, ...aside].map((row) => [row.toLowerCase(), row] as const);
  rows.sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = rows.map(([, row]) => row);
  return ['| export | use | what becomes of it |', '|---|---|---|', ...lines].join('\n');
}

describe('what RxJS exports', () => {
  const names = Object.keys({ ...rxjs, ...rxjsOperators }).sort();
  const used = new Set(rxjsUses.map(({ name }) => name));

  it('is either used here, or said to be no part of a pipeline', () => {
    expect([...used, ...Object.keys(asideExports)].sort()).toEqual(names);
  });

  const errors = Object.keys(asideExports).filter((name) => name.endsWith('Error'));
  it.each(errors)('%s makes a dead letter where it is thrown', async (name) => {
    const thrown = (rxjs as unknown as Record<string, new (of: unknown[]) => Error>)[name];
    const through: Through = (plays$) =>
      plays$.pipe(
        rxjs.map(({ value }) => {
          if (value.id === 3 && thrown) throw new thrown([]);
          return value.id;
        }),
      );
    expect(await verdictOf(through)).toBe('right');
    expect((await delivered(through, 'stop')).counts).toEqual({ in: 40, out: 39, dead: 1 });
  });

  it('is told by the page, use by use', () => {
    const page = new URL('../../../../docs/guide/rxjs-operators.md', import.meta.url);
    expect(readFileSync(page, 'utf8')).toContain(`\n${table()}\n`);
  });

  it.each(rxjsUses)('$name: $how is $verdict', async ({ through, verdict }) => {
    expect(await verdictOf(through)).toBe(verdict);
  });
});
