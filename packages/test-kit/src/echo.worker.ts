import { signalAt, tell, workerJob } from './worker/index.ts';

/*
 * A process that the kit's own tests start. It tells words, and calls its points between them.
 */

/** What the worker is to do. */
export interface EchoJob {
  readonly words: readonly string[];
  /** The word behind which it kills itself; never by default. */
  readonly point?: string;
}

const { words, point } = workerJob<EchoJob>();
const at = signalAt(point);
for (const word of words) {
  tell(word);
  await at(word);
}
