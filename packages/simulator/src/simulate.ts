import { setImmediate as nextTick } from 'node:timers/promises';
import type { AuthEvent, ListenEvent, PageViewEvent, StatusChangeEvent } from '@streamify/models';
import { defer, from, type Observable } from 'rxjs';
import { type EventLists, eventWriter } from './event-writer.ts';
import type { SimulationOptions } from './simulation-options.ts';
import { populate, prepareSite, type Site } from './site.ts';

/** The events of the four topics. */
export interface TopicEvents {
  readonly listen_events: ListenEvent;
  readonly page_view_events: PageViewEvent;
  readonly auth_events: AuthEvent;
  readonly status_change_events: StatusChangeEvent;
}

/** An event with its topic; `topic` tells the type of `value`. */
export type SimulatedEvent = {
  readonly [T in keyof TopicEvents]: { readonly topic: T; readonly value: TopicEvents[T] };
}[keyof TopicEvents];

/** What happened in a stretch of time. */
export interface SimulatedBatch {
  /** When the last of it happened, in epoch milliseconds. More may follow in the same second. */
  readonly time: number;
  readonly events: { readonly [T in keyof TopicEvents]: readonly TopicEvents[T][] };
}

/**
 * Simulates listeners and gives their events in batches, in the order of time: the fast form.
 *
 * Pull the next batch when there is room for it: nothing runs ahead. The same options give the same
 * events, whatever the batch size. Events at one time are in the order of user and item.
 *
 * @throws OptionError or ConfigError at the call, for what cannot work.
 * @example
 * for (const { events } of simulateBatches({ users: 1_000, days: 30, seed: 5 }))
 *   for (const listen of events.listen_events) console.log(listen.artist, listen.song);
 */
export function simulateBatches(options: SimulationOptions = {}): Iterable<SimulatedBatch> {
  const site = prepareSite(options);
  return { [Symbol.iterator]: () => batches(site) };
}

/**
 * Simulates listeners and gives their events one at a time, in the order of time: by `ts`, user and
 * item, and for one thing a user does the page view first.
 *
 * Nothing is simulated beyond the batch that is being read. {@link simulateBatches} is faster, as a
 * promise for each event costs about as much as the event.
 *
 * @throws OptionError or ConfigError at the call, for what cannot work.
 * @example
 * for await (const { topic, value } of simulate({ users: 100, days: 7 }))
 *   console.log(topic, value.ts, value.userId);
 */
export function simulate(options: SimulationOptions = {}): AsyncIterable<SimulatedEvent> {
  const site = prepareSite(options);
  return { [Symbol.asyncIterator]: () => singly(site) };
}

/**
 * Simulates listeners as an Observable: each subscription starts from the first event, and
 * unsubscribing ends it.
 *
 * @throws OptionError or ConfigError at the call, for what cannot work.
 * @example
 * simulate$({ users: 100, days: 7 }).subscribe(({ topic, value }) => console.log(topic, value));
 */
export function simulate$(options: SimulationOptions = {}): Observable<SimulatedEvent> {
  const events = simulate(options);
  return defer(() => from(events));
}

function* batches(site: Site): Generator<SimulatedBatch, void, undefined> {
  const { batchSize } = site.plan;
  const write = eventWriter(site);
  const people = populate(site);
  let events = emptyLists();
  for (let user = people.next; user !== undefined; user = people.next) {
    write(user, events);
    const time = user.time * 1_000;
    people.step();
    if (events.page_view_events.length < batchSize && people.next !== undefined) continue;
    yield { time, events };
    events = emptyLists();
  }
}

async function* singly(site: Site): AsyncGenerator<SimulatedEvent, void, undefined> {
  for (const { events } of batches(site)) {
    yield* inOrder(events);
    // A consumer that never waits for anything else leaves the rest of the process its turn.
    await nextTick();
  }
}

/** The events of a batch in one sequence: those of one action share its event id. */
function* inOrder(events: SimulatedBatch['events']): Generator<SimulatedEvent, void, undefined> {
  const { listen_events, auth_events, status_change_events } = events;
  let [listen, auth, change] = [0, 0, 0];
  for (const value of events.page_view_events) {
    yield { topic: 'page_view_events', value };
    const listened = listen_events[listen];
    if (listened?.eventId === value.eventId) {
      yield { topic: 'listen_events', value: listened };
      listen++;
    }
    const authenticated = auth_events[auth];
    if (authenticated?.eventId === value.eventId) {
      yield { topic: 'auth_events', value: authenticated };
      auth++;
    }
    const changed = status_change_events[change];
    if (changed?.eventId === value.eventId) {
      yield { topic: 'status_change_events', value: changed };
      change++;
    }
  }
}

const emptyLists = (): EventLists => ({
  listen_events: [],
  page_view_events: [],
  auth_events: [],
  status_change_events: [],
});
