export type {
  Catalogue,
  FirstName,
  LastName,
  Place,
  Song,
  UserAgent,
} from './catalogue/catalogue.ts';
export { defaultCatalogue } from './catalogue/default-catalogue.ts';
export { loadCatalogue } from './catalogue/load-catalogue.ts';
export { generateSongs } from './catalogue/song-generator.ts';
export { defaultConfig } from './config/default-config.ts';
export type { EventsimConfig, EventsimState } from './config/eventsim-config.ts';
export { loadConfig } from './config/load-config.ts';
export { parseConfig } from './config/parse-config.ts';
export type { SiteConfig, Weighted } from './config/site-config.ts';
export { ConfigError, DataFileError, SimulationError } from './errors.ts';
export { Random, type RandomPurpose } from './model/random.ts';
export {
  type SessionClock,
  type SessionClockOptions,
  sessionClock,
} from './model/session-clock.ts';
export {
  type EntryRule,
  State,
  type StateKey,
  type StateMachine,
  stateMachine,
  type Transition,
  type TransitionRule,
} from './model/state-machine.ts';
export { isDayOff, usHolidays } from './model/us-holidays.ts';
export { WeightedChoice } from './model/weighted-choice.ts';
export { type Allowance, dueTime, type Pace, type PaceClock, systemClock } from './pace.ts';
export {
  type SimulatedBatch,
  type SimulatedEvent,
  simulate,
  simulate$,
  simulateBatches,
  type TopicEvents,
} from './simulate.ts';
export type { SimulationOptions } from './simulation-options.ts';
