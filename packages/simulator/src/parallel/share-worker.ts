import { parentPort, workerData } from 'node:worker_threads';
import { RecordBlock } from '../records/record-block.ts';
import { listsOf, recordWriter } from '../records/record-format.ts';
import { localSource } from '../records/record-source.ts';
import { prepareSite } from '../site.ts';
import { type ShareTask, toMessage, transferred } from './share-message.ts';

/** Actions of a message: a message costs as much as some tens of them. */
const messageActions = 2_048;

// The thread of one share: it answers each message with a block, and with nothing at its end.
const { options, format, share, after } = workerData as ShareTask;
const site = prepareSite(options);
const source = localSource(site, recordWriter(site, format), { after, share });
const block = new RecordBlock(listsOf(format), messageActions);

parentPort?.on('message', () => {
  block.clear();
  if (source.peek() === undefined) return parentPort?.postMessage(undefined);
  source.fill(block, Number.POSITIVE_INFINITY, messageActions);
  const message = toMessage(block);
  parentPort?.postMessage(message, transferred(message));
});
