import { OptionError } from '@streamify/core';
import type { Catalogue } from './catalogue/catalogue.ts';
import { defaultCatalogue } from './catalogue/default-catalogue.ts';
import { defaultConfig } from './config/default-config.ts';
import type { EventsimConfig } from './config/eventsim-config.ts';
import { belowOne, type Expectation, integer, text } from './config/expectation.ts';
import * as limits from './config/limits.ts';
import { parseConfig } from './config/parse-config.ts';
import { parseInstant } from './config/parse-instant.ts';
import type { SiteConfig } from './config/site-config.ts';
import { shown } from './errors.ts';

/** What is simulated. An option wins over the configuration, the configuration over the default. */
export interface SimulationOptions {
  /** The site and its listeners, in Eventsim's format. Default: {@link defaultConfig}. */
  readonly config?: EventsimConfig;
  /** Songs, names, places and user agents. Default: {@link defaultCatalogue}. */
  readonly catalogue?: Catalogue;
  /** What all draws derive from: the same seed gives the same events. Default 0. */
  readonly seed?: number;
  /** Users at the start. Default 1. */
  readonly users?: number;
  /** Id of the first user; the others follow. Default 1. */
  readonly firstUserId?: number;
  /** Users who join in a year, as a share of those at the start. Default 0. */
  readonly growthRate?: number;
  /** Users who leave in a year, as a share of those who are there; below 1. Default 0. */
  readonly attritionRate?: number;
  /** A label on every event that shows its user. */
  readonly tag?: string;
  /**
   * Events are later than this: a Date, epoch milliseconds, or ISO 8601 (UTC without a zone). Default:
   * the Monday 2026-03-02, whatever the day, so that a simulation can be repeated.
   */
  readonly start?: Date | number | string;
  /** Events are earlier than this; Infinity is never. Default: `days` after the start. */
  readonly end?: Date | number | string;
  /** The length instead of an end. Default 30. */
  readonly days?: number;
  /** How many page views a batch holds at most. Default 4,096. It changes no event. */
  readonly batchSize?: number;
  /**
   * Repeats a fault of the original that its statistics show: a redirect behind a login is an auth
   * event again. For comparisons with its output. Default false.
   */
  readonly compat?: boolean;
}

/** A simulation after validation: the configuration with the options applied, and a window. */
export interface SimulationPlan extends SiteConfig {
  readonly catalogue: Catalogue;
  /** Epoch milliseconds. */
  readonly start: number;
  /** Epoch milliseconds; Infinity for a simulation that goes on. */
  readonly end: number;
  readonly batchSize: number;
  readonly attritionRate: number;
  readonly compat: boolean;
}

const dayMillis = 86_400_000;
const defaultStart = Date.UTC(2026, 2, 2);

/**
 * Checks options and configuration and brings them together.
 *
 * @throws OptionError or {@link ConfigError} for what cannot work.
 */
export function planSimulation(options: SimulationOptions = {}): SimulationPlan {
  const { config = defaultConfig, catalogue = defaultCatalogue(), days, tag } = options;
  const { compat = false } = options;
  const site = parseConfig(config);
  if (options.end !== undefined && days !== undefined)
    throw new OptionError('give either end or days, not both');
  const start = instantOption('start', options.start) ?? site.start ?? defaultStart;
  const length = option('days', days, limits.days);
  const end =
    instantOption('end', options.end) ??
    (length === undefined ? site.end : start + length * dayMillis) ??
    start + 30 * dayMillis;
  checkWindow(start, end);
  const plan: SimulationPlan = {
    ...site,
    catalogue,
    start,
    end,
    seed: option('seed', options.seed, integer) ?? site.seed,
    users: option('users', options.users, limits.users) ?? site.users,
    firstUserId: option('firstUserId', options.firstUserId, limits.userId) ?? site.firstUserId,
    growthRate: option('growthRate', options.growthRate, limits.growthRate) ?? site.growthRate,
    tag: option('tag', tag, text) ?? site.tag,
    batchSize: option('batchSize', options.batchSize, limits.batchSize) ?? 4_096,
    attritionRate: option('attritionRate', options.attritionRate, belowOne) ?? 0,
    compat,
  };
  checkIds(plan);
  // Who joins only since an option says so needs a state to start from as well.
  if (plan.growthRate > 0 && site.growthRate === 0)
    parseConfig({ ...config, 'growth-rate': plan.growthRate });
  return plan;
}

function checkWindow(start: number, end: number): void {
  for (const [name, time] of Object.entries({ start, end }))
    if (!(time >= limits.firstInstant && (time <= limits.lastInstant || time === Infinity)))
      throw new OptionError(
        `the ${name} is ${shownTime(time)}: a simulation lies between ${shownTime(limits.firstInstant)} and ${shownTime(limits.lastInstant)}`,
      );
  if (!(end > start))
    throw new OptionError(`the end ${shownTime(end)} is not after the start ${shownTime(start)}`);
}

/** A user's sessions have ids derived from the user's, and a number has to hold them. */
function checkIds({ firstUserId, users, growthRate }: SimulationPlan): void {
  const last = firstUserId + users - 1;
  if (last > limits.mostUserId)
    throw new OptionError(
      `${users} users from id ${firstUserId} on end at ${last}, and ${limits.mostUserId} is the largest id: let the first one be lower`,
    );
  const joining = users * growthRate;
  if (joining > limits.mostUsers)
    throw new OptionError(
      `${users} users that grow by ${growthRate} a year are ${joining} who join in a year, and ${limits.mostUsers} are the most: lower either of them`,
    );
}

function option<T>(name: string, value: T | undefined, expectation: Expectation<T>): T | undefined {
  if (value !== undefined && !expectation.accepts(value))
    throw new OptionError(`${name}: expected ${expectation.name}, found ${shown(value)}`);
  return value;
}

function instantOption(name: string, value: Date | number | string | undefined) {
  if (value === undefined) return undefined;
  if (name === 'end' && value === Number.POSITIVE_INFINITY) return value;
  const time = typeof value === 'string' ? parseInstant(value) : Number(value);
  if (Number.isNaN(new Date(time).getTime()))
    throw new OptionError(
      `${name}: expected a Date, epoch milliseconds or an ISO 8601 time, found ${shown(value)}`,
    );
  return time;
}

function shownTime(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? `${time} ms` : date.toISOString();
}
