import {
  type Cleaned,
  clean,
  type EventValue,
  type InferAvro,
  type StreamEvent,
} from '@streamify/core';
import type { ListenEvent, rawTables, TopicName, topics } from '@streamify/models';
import { of } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  cleaningRules,
  duration,
  epochMillis,
  gender,
  latitude,
  level,
  longitude,
  method,
  state,
  text,
  unquoted,
  zip,
} from './cleaning-rules.ts';

type Cases = readonly (readonly [input: unknown, output: unknown])[];

/** Each rule's name, then what it takes and what it gives. */
const cases: Readonly<Record<string, Cases>> = {
  text: [
    ['  Blue  ', 'Blue'],
    ['BeyoncÃ©', 'Beyoncé'],
    ['   ', null],
    ['', null],
    [null, null],
  ],
  unquoted: [
    ['"Mozilla/5.0 (X11)"', 'Mozilla/5.0 (X11)'],
    [' "Mozilla" ', 'Mozilla'],
    ['say "hi"', 'say "hi"'],
    ['"', '"'],
    ['""', null],
    [null, null],
  ],
  epochMillis: [
    [1_777_852_882, 1_777_852_882_000],
    [1_777_852_882_000, 1_777_852_882_000],
    [0, null],
    [-5, null],
    [null, null],
  ],
  level: [
    ['free', 'free'],
    [' Paid ', 'paid'],
    ['gold', null],
    [null, null],
  ],
  gender: [
    ['m', 'M'],
    ['Female', 'F'],
    [' F ', 'F'],
    ['X', null],
    ['Miss', null],
    [null, null],
  ],
  state: [
    ['ny', 'NY'],
    ['DC ', 'DC'],
    ['New York', null],
    ['N1', null],
    [null, null],
  ],
  zip: [
    ['501', '00501'],
    ['01002', '01002'],
    ['01002-1234', '01002'],
    ['123456', null],
    ['abc', null],
    ['', null],
    [null, null],
  ],
  latitude: [
    [90, 90],
    [-90.01, null],
    [Number.NaN, null],
    [null, null],
  ],
  longitude: [
    [-180, -180],
    [180.5, null],
    [Number.POSITIVE_INFINITY, null],
    [null, null],
  ],
  duration: [
    [239.4, 239.4],
    [0, null],
    [-1, null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    [null, null],
  ],
  method: [
    ['put', 'PUT'],
    [null, null],
  ],
};

const rules = {
  duration,
  epochMillis,
  gender,
  latitude,
  level,
  longitude,
  method,
  state,
  text,
  unquoted,
  zip,
};

describe.each(Object.entries(rules))('%s', (name, rule) => {
  it.each(cases[name] ?? [])('makes %j into %j', (input, output) => {
    expect(rule(input as never)).toBe(output);
  });
  it('has cases', () => expect(cases[name]).toBeDefined());
});

describe('the cleaning rules of a topic', () => {
  const raw: ListenEvent = {
    eventId: 'e1',
    ts: 1_777_852_882,
    sessionId: 7,
    deviceId: 'd1',
    itemInSession: 0,
    auth: 'Logged In',
    level: 'PAID',
    trackId: 't1',
    artistId: 'a1',
    artist: 'BeyoncÃ©',
    song: ' Halo ',
    duration: -1,
    city: 'Paris',
    zip: '501',
    state: 'tx',
    userAgent: '"Mozilla"',
    lon: -500,
    lat: 33.6,
    userId: 2,
    firstName: ' Ann',
    lastName: null,
    gender: 'f',
    registration: 1_760_490_575,
    tag: null,
  };
  const event = (value: ListenEvent): StreamEvent<ListenEvent> => ({
    value,
    key: value.deviceId,
    time: value.ts ?? Number.NaN,
    loggedAt: 0,
    position: { topic: 'listen_events', partition: 0, offset: 0 },
  });
  const cleaned = (value: ListenEvent) => {
    const events: unknown[] = [];
    const rejected: string[] = [];
    of(event(value))
      .pipe(
        clean<ListenEvent, typeof cleaningRules.listen_events>(cleaningRules.listen_events, {
          time: 'ts',
          onReject: (_, reason) => rejected.push(reason),
        }),
      )
      .subscribe((e) => events.push(e));
    return { events, rejected };
  };

  it('cleans every field and moves the event time with it', () => {
    const value = {
      ...raw,
      ts: 1_777_852_882_000,
      level: 'paid',
      artist: 'Beyoncé',
      song: 'Halo',
      duration: null,
      zip: '00501',
      state: 'TX',
      userAgent: 'Mozilla',
      lon: null,
      firstName: 'Ann',
      gender: 'F',
      registration: 1_760_490_575_000,
    };
    expect(cleaned(raw)).toEqual({
      events: [{ ...event(raw), value, time: 1_777_852_882_000 }],
      rejected: [],
    });
  });

  it.each([
    ['no timestamp', { ts: null }],
    ['no timestamp', { ts: 0 }],
    ['no session', { sessionId: null }],
  ])('rejects an event with %s', (reason, fields) => {
    expect(cleaned({ ...raw, ...fields })).toEqual({ events: [], rejected: [reason] });
  });

  it('gives what the raw tables take', () => {
    type Rows = { readonly [T in TopicName]: InferAvro<(typeof rawTables)[T]> };
    type Rules = typeof cleaningRules;
    type Events = { readonly [T in TopicName]: EventValue<(typeof topics)[T]> };
    type CleanEvents = { readonly [T in TopicName]: Cleaned<Events[T], Rules[T]> };
    expectTypeOf<CleanEvents>().toExtend<Rows>();
    expectTypeOf<Events>().not.toExtend<Rows>();
  });
});
