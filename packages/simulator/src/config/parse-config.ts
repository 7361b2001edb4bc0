import { ConfigError } from '../errors.ts';
import type { StateKey } from '../model/state-machine.ts';
import { checkSite } from './check-site.ts';
import {
  atLeastZero,
  type ConfigReader,
  configReader,
  count,
  httpStatus,
  instant,
  integer,
  parseInstant,
  positive,
  share,
  text,
  yesOrNo,
} from './config-reader.ts';
import type { SiteConfig, Weighted } from './site-config.ts';

/**
 * Reads a configuration in Eventsim's format, as `JSON.parse` gives it; see {@link EventsimConfig}.
 *
 * @throws ConfigError for a key that cannot work; the message says which, what was expected and what
 * was found.
 */
export function parseConfig(json: unknown): SiteConfig {
  const config = configReader(json);
  const minutes = (key: string) => config.optional(key, atLeastZero, 6) * 60;
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
    alpha: config.optional('alpha', positive, 60),
    beta: config.optional('beta', positive, 259_200),
    clock: {
      sessionGap: Math.floor(config.optional('session-gap', atLeastZero, 1_800)),
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
    users: config.optional('n-users', count, 1),
    firstUserId: config.optional('first-user-id', count, 1),
    growthRate: config.optional('growth-rate', atLeastZero, 0),
    tag: config.optional('tag', text, undefined),
    showUser: new Set(shown.filter(({ show }) => show).map(({ auth }) => auth)),
    levels,
    auths: weights(config, 'auths', 'auth'),
    entries: config.list('new-session').map((entry) => ({
      ...readState(entry),
      weight: entry.required('weight', atLeastZero),
    })),
    transitions: config.list('transitions').map((entry) => ({
      source: readState(entry.object('source')),
      dest: readState(entry.object('dest')),
      p: entry.required('p', share),
      t: entry.optional('t', atLeastZero, 1),
    })),
  };
  checkSite(
    site,
    shown.map(({ auth }) => auth),
  );
  return site;
}

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
    weight: entry.required('weight', atLeastZero),
  }));
  if (!list.some(({ weight }) => weight > 0))
    throw new ConfigError(config.path(key), 'a weight above 0', list);
  return list;
}

const freeLevel = (levels: readonly Weighted[]): string =>
  (levels.find(({ name }) => name.toLowerCase() === 'free') ?? levels[0])?.name ?? 'free';
