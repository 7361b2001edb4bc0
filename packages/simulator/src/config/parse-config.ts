import { ConfigError } from '../errors.ts';
import type { StateKey } from '../model/state-machine.ts';
import { checkSite } from './check-site.ts';
import { type ConfigReader, configReader } from './config-reader.ts';
import { httpStatus, instant, integer, share, text, yesOrNo } from './expectation.ts';
import * as limits from './limits.ts';
import { parseInstant } from './parse-instant.ts';
import type { SiteConfig, Weighted } from './site-config.ts';

/**
 * Reads a configuration in Eventsim's format, as `JSON.parse` gives it; see {@link EventsimConfig}.
 *
 * @throws ConfigError for a key that cannot work; the message says which, what was expected and what
 * was found.
 */
export function parseConfig(json: unknown): SiteConfig {
  const config = configReader(json);
  const minutes = (key: string) => config.optional(key, limits.minutes, 6) * 60;
  const levels = weights(config, 'levels', 'level');
  const shown = config.list('show-user-details').map((entry) => ({
    auth: entry.required('auth', text),
    show: entry.required('show', yesOrNo),
  }));
  const date = (key: string) => {
    const found = config.optional(key, instant, undefined);
    return found === undefined ? undefined : parseInstant(found);
  };
  const site: SiteConfig = {
    seed: config.optional('seed', integer, 0),
    alpha: config.optional('alpha', limits.meanSeconds, 60),
    beta: config.optional('beta', limits.meanSeconds, 259_200),
    clock: {
      sessionGap: Math.floor(config.optional('session-gap', limits.gapSeconds, 1_800)),
      damping: config.optional('damping', share, 0.0625),
      weekendDamping: config.optional('weekend-damping', share, 0.5),
      weekendDampingOffset: minutes('weekend-damping-offset'),
      weekendDampingScale: minutes('weekend-damping-scale'),
    },
    churnedState: config.optional('churned-state', text, undefined),
    newUser: {
      auth: config.optional('new-user-auth', text, 'Guest'),
      level: config.optional('new-user-level', text, freeLevel(levels)),
    },
    start: date('start-date'),
    end: date('end-date'),
    users: config.optional('n-users', limits.users, 1),
    firstUserId: config.optional('first-user-id', limits.userId, 1),
    growthRate: config.optional('growth-rate', limits.growthRate, 0),
    tag: config.optional('tag', text, undefined),
    showUser: new Set(shown.filter(({ show }) => show).map(({ auth }) => auth)),
    levels,
    auths: weights(config, 'auths', 'auth'),
    entries: config.list('new-session').map((entry) => ({
      ...readState(entry),
      weight: entry.required('weight', limits.weight),
    })),
    transitions: config.list('transitions').map((entry) => ({
      source: readState(entry.object('source')),
      dest: readState(entry.object('dest')),
      p: entry.required('p', share),
      t: entry.optional('t', limits.factor, 1),
    })),
  };
  config.refuseUnknown(unused);
  checkSite(
    site,
    shown.map(({ auth }) => auth),
  );
  return site;
}

/** The original's example has these, and the original does not read them. */
const unused = ['upgrades', 'downgrades'];

const readState = (state: ConfigReader): StateKey => ({
  page: state.required('page', text),
  method: state.required('method', text),
  status: state.required('status', httpStatus),
  auth: state.required('auth', text),
  level: state.required('level', text),
});

function weights(config: ConfigReader, key: string, nameKey: string): readonly Weighted[] {
  const list = config.list(key).map((entry) => ({
    name: entry.required(nameKey, text),
    weight: entry.required('weight', limits.weight),
  }));
  if (!list.some(({ weight }) => weight > 0))
    throw new ConfigError(config.path(key), 'a weight above 0', list);
  return list;
}

const freeLevel = (levels: readonly Weighted[]): string =>
  (levels.find(({ name }) => name.toLowerCase() === 'free') ?? levels[0])?.name ?? 'free';
