import { join } from 'node:path';
import { Play, type Result, troubledPipeline } from '@streamify/test-kit/plays';
import { tell, workerJob } from '@streamify/test-kit/worker';
import { JOB } from '../fixtures/delivered.ts';
import { run } from '../job/run.ts';
import { fileLog } from '../log/file/file-log.ts';
import { fileSink } from '../sink/file/file-sink.ts';
import { faultySink } from '../testing/fault-switches.ts';

/*
 * A process that waits for more when the log ends: SIGTERM stops it, a second one aborts. It says
 * so when it is in its third commit, which waits for the first SIGTERM, or for ever.
 */

/** What the worker is to do. */
export interface StoppableJob {
  readonly dir: string;
  readonly hangs: boolean;
}

/** What the worker tells. */
export type StoppableMessage = 'committing' | 'stopping';

const { dir, hangs } = workerJob<StoppableJob>();
const say = (message: StoppableMessage) => tell(message);
const stop = new AbortController();
const abort = new AbortController();
const terminated = new Promise<void>((resolve) => {
  process.on('SIGTERM', () => {
    if (stop.signal.aborted) abort.abort(new Error('a second SIGTERM'));
    stop.abort();
    say('stopping');
    if (!hangs) resolve();
  });
});
// What a commit waits for would keep a real process alive.
const alive = setInterval(() => {}, 1_000_000);

let commits = 0;
const into = faultySink(fileSink<Result>({ dir: join(dir, 'out') }), async (moment) => {
  if (moment !== 'before commit' || ++commits !== 3) return;
  say('committing');
  await terminated;
});
const log = await fileLog({ dir: join(dir, 'log'), mode: 'read' });
try {
  await run({
    name: JOB,
    from: log.topic('plays', Play),
    through: troubledPipeline,
    into,
    epoch: { maxRecords: 40 },
    signal: stop.signal,
    abort: abort.signal,
  });
  await log.close();
  clearInterval(alive);
} catch (error) {
  console.error((error as Error).message);
  process.exit(143);
}
