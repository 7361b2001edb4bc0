import { StateTable } from '../state/state-table.ts';
import { currentHost } from './current-host.ts';

/** The table of a state: the task's, or plain memory outside a task. */
export function openTable(name: string, signature: string): StateTable {
  return currentHost(name)?.table(name, signature) ?? new StateTable(name, { recording: false });
}
