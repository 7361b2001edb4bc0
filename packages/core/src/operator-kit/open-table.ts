import type { StateKind } from '../state/state-kind.ts';
import { StateTable } from '../state/state-table.ts';
import { currentHost } from './current-host.ts';

/** The table of a state: the task's, or plain memory outside a task. */
export function openTable(name: string, kind: StateKind): StateTable {
  return currentHost(name)?.table(name, kind) ?? new StateTable(name, { recording: false });
}
