import { ConfigError } from '../errors.ts';
import { epsilon, type StateKey, stateId, type TransitionRule } from '../model/state-machine.ts';
import type { SiteConfig } from './site-config.ts';

/**
 * Checks what no key shows by itself: that pages lead somewhere, that probabilities add up, that every
 * session has a state to start from and every auth says whether it shows its user.
 *
 * @throws ConfigError for the first key that cannot work.
 */
export function checkSite(site: SiteConfig, shownAuths: readonly string[]): void {
  checkPages(site);
  checkProbabilities(site.transitions);
  checkEntries(site);
  checkShown(site, shownAuths);
}

function checkPages({ transitions, entries, churnedState }: SiteConfig): void {
  const sources = new Set(transitions.map(({ source }) => source.page));
  const reached = new Set([...transitions.map(({ dest }) => dest.page), ...pagesOf(entries)]);
  const sourceStates = new Set(transitions.map(({ source }) => stateId(source)));
  const destStates = new Set(transitions.map(({ dest }) => stateId(dest)));
  for (const [i, { source, dest }] of transitions.entries()) {
    if (!reached.has(source.page))
      throw new ConfigError(
        `transitions[${i}].source.page`,
        'a page that another transition or new-session leads to',
        source.page,
      );
    // Where users leave for good, nothing follows; anywhere else it is a slip of the pen.
    if (!sources.has(dest.page) && dest.auth !== churnedState)
      throw new ConfigError(
        `transitions[${i}].dest.page`,
        'a page that transitions start from (for a page that ends the session, give it a transition with p 0)',
        dest.page,
      );
  }
  for (const [i, entry] of entries.entries())
    if (!sourceStates.has(stateId(entry)) && !destStates.has(stateId(entry)))
      throw new ConfigError(
        `new-session[${i}]`,
        'a state that occurs in transitions',
        stateId(entry),
      );
}

function checkProbabilities(transitions: readonly TransitionRule[]): void {
  const sums = new Map<string, Map<string, number>>();
  for (const [i, { source, dest, p }] of transitions.entries()) {
    const row = sums.get(stateId(source)) ?? new Map<string, number>();
    sums.set(stateId(source), row.set(stateId(dest), p));
    const sum = [...row.values()].reduce((a, b) => a + b, 0);
    if (sum > 1 + epsilon)
      throw new ConfigError(
        `transitions[${i}].p`,
        `probabilities from ${stateId(source)} that add up to at most 1`,
        Number(sum.toFixed(9)),
      );
  }
}

function checkEntries(site: SiteConfig): void {
  const { entries, auths, levels, transitions, churnedState } = site;
  const startable = new Set(
    entries.filter(({ weight }) => weight > 0).map(({ auth, level }) => `${auth}, ${level}`),
  );
  const check = (auth: string, level: string, why: string) => {
    if (!startable.has(`${auth}, ${level}`))
      throw new ConfigError(
        'new-session',
        `a state with a weight above 0 for auth "${auth}" and level "${level}" (${why})`,
        [...startable],
      );
  };
  for (const auth of auths.filter(({ weight }) => weight > 0))
    for (const level of levels.filter(({ weight }) => weight > 0))
      check(auth.name, level.name, 'users start so');
  if (site.growthRate > 0) check(site.newUser.auth, site.newUser.level, 'new users start so');

  const ways = new Map<string, { p: number; dests: StateKey[] }>();
  for (const { source, dest, p } of transitions) {
    const way = ways.get(stateId(source)) ?? { p: 0, dests: [] };
    way.p += p;
    if (p > 0) way.dests.push(dest);
    ways.set(stateId(source), way);
  }
  const open: StateKey[] = entries.filter(({ weight }) => weight > 0);
  const seen = new Set(open.map(stateId));
  for (let state = open.pop(); state; state = open.pop()) {
    const { p, dests } = ways.get(stateId(state)) ?? { p: 0, dests: [] };
    if (p < 1 - epsilon && state.auth !== churnedState)
      check(state.auth, state.level, `a session can end in ${stateId(state)}`);
    for (const dest of dests) {
      if (seen.has(stateId(dest))) continue;
      seen.add(stateId(dest));
      open.push(dest);
    }
  }
}

function checkShown({ auths, entries, transitions }: SiteConfig, shown: readonly string[]): void {
  const used = new Set([
    ...auths.map(({ name }) => name),
    ...entries.map(({ auth }) => auth),
    ...transitions.flatMap(({ source, dest }) => [source.auth, dest.auth]),
  ]);
  for (const auth of used)
    if (!shown.includes(auth))
      throw new ConfigError('show-user-details', `an entry for auth "${auth}"`, shown);
}

const pagesOf = (states: readonly StateKey[]) => states.map(({ page }) => page);
