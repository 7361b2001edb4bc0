import type { Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';

/** Sums of probabilities written as decimals may be off by this much. */
export const epsilon = 1e-9;

/** What identifies a state: the page with how it is served and to whom. */
export interface StateKey {
  readonly page: string;
  readonly method: string;
  readonly status: number;
  readonly auth: string;
  readonly level: string;
}

/** A way from one state to the next. */
export interface TransitionRule {
  readonly source: StateKey;
  readonly dest: StateKey;
  /** Its probability. What a source's transitions leave to 1 ends the session. */
  readonly p: number;
  /** What the mean wait before the destination is multiplied by. */
  readonly t: number;
}

/** A state in which sessions may start, with its weight among those of the same auth and level. */
export interface EntryRule extends StateKey {
  readonly weight: number;
}

/** Where a transition leads, and what the mean wait before it is multiplied by. */
export interface Transition {
  readonly to: State;
  readonly waitFactor: number;
}

/** A page as it is served to a listener, and where it leads. */
export class State implements StateKey {
  readonly page: string;
  readonly method: string;
  readonly status: number;
  readonly auth: string;
  readonly level: string;
  /** Redirects (3xx) follow after exactly a second. */
  readonly isRedirect: boolean;
  readonly isSong: boolean;
  readonly #limits: number[] = [];
  readonly #transitions: Transition[] = [];

  constructor(key: StateKey) {
    this.page = key.page;
    this.method = key.method;
    this.status = key.status;
    this.auth = key.auth;
    this.level = key.level;
    this.isRedirect = key.status >= 300 && key.status <= 399;
    this.isSong = key.page === 'NextSong';
  }

  /** Where a draw from [0, 1) leads; undefined ends the session. */
  next(draw: number): Transition | undefined {
    const limits = this.#limits;
    for (let i = 0; i < limits.length; i++)
      if (draw < (limits[i] as number)) return this.#transitions[i];
    return undefined;
  }

  /** The transitions with their probabilities. */
  get transitions(): readonly (Transition & { readonly probability: number })[] {
    return this.#transitions.map((transition, i) => ({
      ...transition,
      probability: (this.#limits[i] as number) - (this.#limits[i - 1] ?? 0),
    }));
  }

  /** Adds a transition behind those that are there. */
  connect(transition: Transition, probability: number): void {
    const limit = (this.#limits.at(-1) ?? 0) + probability;
    // Decimals that add up to 1 leave no draw at which the session ends.
    this.#limits.push(limit > 1 - epsilon ? 1 : limit);
    this.#transitions.push(transition);
  }
}

/** The pages of a site and the ways between them. */
export interface StateMachine {
  readonly states: readonly State[];
  /** Where a session of an auth and level starts; undefined when none can. */
  entry(auth: string, level: string, random: Random): State | undefined;
}

/** Names a state in one line. */
export const stateId = ({ page, method, status, auth, level }: StateKey): string =>
  `${page} (${method} ${status}, ${auth}, ${level})`;

/** Builds the machine of a configuration. The last of several rules from one state to another counts. */
export function stateMachine(
  transitions: readonly TransitionRule[],
  entries: readonly EntryRule[],
): StateMachine {
  const states = new Map<string, State>();
  const stateOf = (key: StateKey): State => {
    const id = stateId(key);
    const state = states.get(id) ?? new State(key);
    states.set(id, state);
    return state;
  };
  const rules = new Map<string, TransitionRule>();
  for (const rule of transitions)
    rules.set(`${stateId(rule.source)} -> ${stateId(rule.dest)}`, rule);
  // The likeliest first: a draw is compared with the fewest limits.
  for (const { source, dest, p, t } of [...rules.values()].sort((a, b) => b.p - a.p))
    stateOf(source).connect({ to: stateOf(dest), waitFactor: t }, p);

  const groups = new Map<string, Map<string, EntryRule[]>>();
  for (const entry of entries) {
    const levels = groups.get(entry.auth) ?? new Map<string, EntryRule[]>();
    groups.set(entry.auth, levels);
    levels.set(entry.level, [...(levels.get(entry.level) ?? []), entry]);
  }
  const choices = new Map(
    [...groups].map(([auth, levels]) => [
      auth,
      new Map(
        [...levels].map(([level, rules]) => [
          level,
          new WeightedChoice(
            rules.map((rule) => ({ state: stateOf(rule), weight: rule.weight })),
            ({ weight }) => weight,
          ),
        ]),
      ),
    ]),
  );
  return {
    states: [...states.values()],
    entry: (auth, level, random) => choices.get(auth)?.get(level)?.pick(random).state,
  };
}
