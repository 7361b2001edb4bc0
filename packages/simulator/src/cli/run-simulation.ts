import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FaultInjector, FaultLabel } from '../faults/fault-injector.ts';
import type { Position } from '../model/population.ts';
import { PipeClosed } from '../output/line-stream.ts';
import type { RecordOutput } from '../output/record-output.ts';
import type { Pace, PaceClock } from '../pace.ts';
import { RecordBlock, type RecordList } from '../records/record-block.ts';
import type { RecordSource } from '../records/record-source.ts';

/** Why a run came to its end: everything is simulated, the limit is reached, stopped, or nobody reads on. */
export type Ending = 'complete' | 'limit' | 'stopped' | 'closed';

/** A run, put together. */
export interface Run {
  readonly source: RecordSource;
  readonly output: RecordOutput;
  readonly lists: number;
  /** Actions of a block. */
  readonly capacity: number;
  readonly faults?: FaultInjector | undefined;
  readonly label: (labels: readonly FaultLabel[]) => void;
  readonly pace: Pace;
  readonly clock: PaceClock;
  readonly signal: AbortSignal;
  /** Told when the first event is there: from then on the signal is looked at again and again. */
  readonly onReady?: (() => void) | undefined;
  /** Most records to write. */
  readonly limit?: number | undefined;
  /** Records of each list that are written already. */
  readonly written: number[];
  /** Told after each block how far it is. */
  readonly onBlock: (position: Position) => void;
  /** Keeps how far it is; called between blocks, and at the end. */
  readonly save: (isComplete: boolean) => Promise<void>;
  /** Milliseconds between two saves. */
  readonly saveEvery: number;
}

/** Blocks after which the rest of the process gets its turn. */
const blocksPerTurn = 16;

/**
 * Takes records from the source to the output, as fast as the pace allows, until there are none, the
 * limit is reached, or the signal is aborted. What it has written is saved, unless writing failed: then
 * the last save holds.
 */
export async function runSimulation(run: Run): Promise<Ending> {
  const { source, pace, clock, signal, written, save, saveEvery } = run;
  const block = new RecordBlock(run.lists, run.capacity);
  let savedAt = clock.now();
  let isSaved = true;

  const step = async (): Promise<Ending | undefined> => {
    if (signal.aborted) return 'stopped';
    const next = await source.peek();
    if (next === undefined) return 'complete';
    const { until, most, wait } = pace(next, sum(written));
    if (!isSaved && clock.now() - savedAt >= saveEvery) {
      await save(false);
      [savedAt, isSaved] = [clock.now(), true];
    }
    if (wait > 0) {
      const untilSave = isSaved ? Number.POSITIVE_INFINITY : saveEvery - (clock.now() - savedAt);
      await clock.sleep(Math.max(1, Math.min(wait, untilSave)), signal);
      return undefined;
    }
    block.clear();
    await source.fill(block, until, most);
    const isEnough = await write(run, block);
    isSaved = false;
    if (block.last !== undefined) run.onBlock(block.last);
    return isEnough ? 'limit' : undefined;
  };

  try {
    await source.peek();
    run.onReady?.();
    for (let blocks = 1; ; blocks++) {
      const ending = await step();
      if (ending !== undefined) {
        if (ending === 'complete') await finish(run);
        await save(ending === 'complete');
        return ending;
      }
      if (blocks % blocksPerTurn === 0) await nextTurn();
    }
  } catch (error) {
    if (error instanceof PipeClosed) return 'closed';
    throw error;
  } finally {
    await source.close();
  }
}

/** Writes a block, with its faults; true when the limit is reached. */
async function write(run: Run, block: RecordBlock): Promise<boolean> {
  const { faults, limit, written, output } = run;
  const { block: out, labels } = faults?.apply(block) ?? { block, labels: [] };
  const left = limit === undefined ? Number.POSITIVE_INFINITY : limit - sum(written);
  const [only] = out.lists;
  if (only !== undefined && only.count > left && out.lists.length === 1) cut(only, left);
  await output.write(out);
  if (labels.length > 0) run.label(labels);
  for (const [i, list] of out.lists.entries()) written[i] = (written[i] ?? 0) + list.count;
  return limit !== undefined && sum(written) >= limit;
}

/** Nothing follows: what is held back comes out. */
async function finish({ faults, output, label, written }: Run): Promise<void> {
  if (faults !== undefined) {
    const { block, labels } = faults.end();
    await output.write(block);
    label(labels);
    for (const [i, list] of block.lists.entries()) written[i] = (written[i] ?? 0) + list.count;
  }
  await output.end();
}

function cut(list: RecordList, count: number): void {
  list.length = list.startOf(count);
  list.count = count;
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
