import type { DeadLetter } from '../contract/dead-letter.ts';
import type { SideElement } from '../contract/epoch.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { Sink } from '../contract/sink.ts';
import type { ContractRow } from './contract-row.ts';

/** Opens sinks for {@link sinkContract} to check. */
export interface SinkHarness {
  /** Makes an empty sink that appends rows of `contractSchema`. Called once a case. */
  open(): Promise<SinkUnderTest>;
  /** The faults that it can bring about; the cases of the others are left out. */
  readonly faults: readonly CommitFault[];
}

/** A sink under test, and a look at what it stored. */
export interface SinkUnderTest {
  readonly sink: Sink<ContractRow | StreamEvent<ContractRow>>;
  /** Another table or topic of the same store, for rows of `contractSchema`: what a named output goes to. */
  table(name: string): Promise<Sink<ContractRow | StreamEvent<ContractRow>>>;
  /** All that is stored, read past the sink. */
  stored(): Promise<StoredOutput>;
  /** The rows in such a table. */
  storedIn(name: string): Promise<readonly ContractRow[]>;
  /** Where storage outlives the sink: the same storage through a new one, as after a restart of the process. */
  reopen?(): Promise<Sink<ContractRow | StreamEvent<ContractRow>>>;
  /** Makes the next commit fail, whichever task's it is. */
  failNextCommit(fault: CommitFault): void;
  close(): Promise<void>;
}

/**
 * The way in which a commit fails: `midway`, when a part of it is written but the transaction is not committed;
 * or `reply lost`, when it is committed and the sink does not hear of it.
 */
export type CommitFault = 'midway' | 'reply lost';

/** The content of a sink, in any order. */
export interface StoredOutput {
  readonly rows: readonly ContractRow[];
  /** Elements that the contract puts aside are plain JSON. */
  readonly aside: readonly SideElement[];
  readonly dead: readonly DeadLetter[];
  /** Sums by job and name. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
