import type { Folder } from '../sink/folder.ts';
import { faultyFolder } from './faulty-folder.ts';
import type { CommitFault } from './sink-harness.ts';

/** A folder in which the next commit of a ledger can be made to fail. */
export function failingTurns(folder: Folder) {
  let fault: CommitFault | undefined;
  return {
    folder: faultyFolder(folder, ({ moment, operation, path }) => {
      if (operation !== 'create' || !path.startsWith('checkpoint/turn.')) return;
      if (fault !== (moment === 'before' ? 'midway' : 'reply lost')) return;
      fault = undefined;
      throw new Error(`fault ${moment} ${path}`);
    }),
    failNextCommit(next: CommitFault) {
      fault = next;
    },
  };
}
