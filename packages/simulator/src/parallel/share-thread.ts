import { Worker } from 'node:worker_threads';
import { SimulationError } from '../errors.ts';
import type { BlockFeed } from './merged-source.ts';
import type { BlockMessage, ShareTask } from './share-message.ts';

/** Blocks that a thread may be ahead. */
const ahead = 3;

/** Errors of ours lose their class on the way from the thread. */
function failureOf(error: unknown): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message: string };
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new SimulationError(
      'a thread has no memory left: take fewer users, or more --workers, or give Node more memory with NODE_OPTIONS=--max-old-space-size=MB',
      { cause: error },
    );
  return String(code).startsWith('STREAMIFY_')
    ? new SimulationError(message, { cause: error })
    : error;
}

/** Simulates a share in a thread of its own, a few blocks ahead of whoever takes them. */
export function shareThread(script: URL, task: ShareTask): BlockFeed {
  const worker = new Worker(script, { workerData: task });
  const blocks: (BlockMessage | undefined)[] = [];
  const waiting: ((settle: { block: BlockMessage | undefined } | { error: unknown }) => void)[] =
    [];
  let failure: { readonly error: unknown } | undefined;

  worker.on('message', (block: BlockMessage | undefined) => {
    const taker = waiting.shift();
    if (taker) taker({ block });
    else blocks.push(block);
  });
  worker.on('error', (error) => {
    failure = { error: failureOf(error) };
    for (const taker of waiting.splice(0)) taker(failure);
  });
  for (let i = 0; i < ahead; i++) worker.postMessage('next');

  return {
    async next() {
      if (blocks.length > 0) {
        worker.postMessage('next');
        return blocks.shift();
      }
      if (failure) throw failure.error;
      const taken = await new Promise<{ block: BlockMessage | undefined } | { error: unknown }>(
        (settle) => waiting.push(settle),
      );
      if ('error' in taken) throw taken.error;
      worker.postMessage('next');
      return taken.block;
    },
    async close() {
      await worker.terminate();
    },
  };
}
