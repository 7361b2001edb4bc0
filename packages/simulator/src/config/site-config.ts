import type { SessionClockOptions } from '../model/session-clock.ts';
import type { EntryRule, TransitionRule } from '../model/state-machine.ts';

/** A value with its weight among the others. */
export interface Weighted {
  readonly name: string;
  readonly weight: number;
}

/** A configuration after validation: complete, in seconds and epoch milliseconds. */
export interface SiteConfig {
  readonly seed: number;
  /** Mean seconds between two pages. */
  readonly alpha: number;
  /** Mean seconds between two sessions. */
  readonly beta: number;
  readonly clock: SessionClockOptions;
  readonly churnedState: string | undefined;
  readonly newUser: { readonly auth: string; readonly level: string };
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly users: number;
  readonly firstUserId: number;
  readonly growthRate: number;
  readonly tag: string | undefined;
  /** The auths whose events show who the user is. */
  readonly showUser: ReadonlySet<string>;
  readonly levels: readonly Weighted[];
  readonly auths: readonly Weighted[];
  readonly entries: readonly EntryRule[];
  readonly transitions: readonly TransitionRule[];
}
