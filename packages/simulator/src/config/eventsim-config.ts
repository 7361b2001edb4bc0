/** A state as Eventsim's configuration writes it. */
export interface EventsimState {
  readonly page: string;
  readonly method: string;
  readonly status: number;
  readonly auth: string;
  readonly level: string;
}

/**
 * Eventsim's configuration file, key by key. A file made for the original works unchanged.
 *
 * @example
 * const config: EventsimConfig = JSON.parse(await readFile('config.json', 'utf8'));
 */
export interface EventsimConfig {
  /** What all draws derive from. Default 0. */
  readonly seed?: number;
  /** Mean time between two pages, in seconds. Default 60. */
  readonly alpha?: number;
  /** Mean time between two sessions, in seconds. Default 259,200: 3 days. */
  readonly beta?: number;
  /** Strength of the daily rhythm, as a share of a day. Default 0.0625. */
  readonly damping?: number;
  /** Share of sessions that weekends and holidays do without. Default 0.5. */
  readonly 'weekend-damping'?: number;
  /** Minutes before the first free day's midnight at which the damping starts to rise. Default 6. */
  readonly 'weekend-damping-offset'?: number;
  /** Minutes that the damping takes to rise. Default 6. */
  readonly 'weekend-damping-scale'?: number;
  /** Least time between two sessions, in seconds. Default 1,800. */
  readonly 'session-gap'?: number;
  /** Who reaches this auth never returns. Default: nobody leaves. */
  readonly 'churned-state'?: string;
  /** Auth of users who join later. Default Guest. */
  readonly 'new-user-auth'?: string;
  /** Level of users who join later. Default: the level named free, in any case, else the first. */
  readonly 'new-user-level'?: string;
  /** ISO 8601; without a zone it is UTC. */
  readonly 'start-date'?: string;
  /** ISO 8601; without a zone it is UTC. */
  readonly 'end-date'?: string;
  /** Users at the start. Default 1. */
  readonly 'n-users'?: number;
  /** Id of the first user; the others follow. Default 1. */
  readonly 'first-user-id'?: number;
  /** Users who join in a year, as a share of those at the start. Default 0. */
  readonly 'growth-rate'?: number;
  /** A label on every event that shows its user. */
  readonly tag?: string;
  /** For every auth: whether its events show who the user is. */
  readonly 'show-user-details': readonly { readonly auth: string; readonly show: boolean }[];
  /** Levels of the users at the start. */
  readonly levels: readonly { readonly level: string; readonly weight: number }[];
  /** Auths of the users at the start. */
  readonly auths: readonly { readonly auth: string; readonly weight: number }[];
  /** States in which sessions start; weights count among those of the same auth and level. */
  readonly 'new-session': readonly (EventsimState & { readonly weight: number })[];
  readonly transitions: readonly {
    readonly source: EventsimState;
    readonly dest: EventsimState;
    /** Probability. What the transitions of a source leave to 1 ends the session. */
    readonly p: number;
    /** What the mean wait before the destination is multiplied by. Default 1. */
    readonly t?: number;
  }[];
}
