import { describe, expect, it } from 'vitest';
import { eventsimEvent } from './eventsim-event.ts';

const listen = {
  artist: 'BeyoncÃ©',
  song: 'Halo',
  duration: 261.64,
  ts: 1_777_852_882_000,
  sessionId: 69,
  auth: 'Logged In',
  level: 'paid',
  itemInSession: 9,
  city: 'Paris',
  zip: '00501',
  userId: 70,
};
const read = (event: object) =>
  eventsimEvent('listen_events', JSON.stringify(event)) as object as Record<string, unknown>;

describe('eventsimEvent', () => {
  it('makes null of what the original leaves out', () => {
    expect(read(listen)).toMatchObject({ ...listen, gender: null, registration: null, tag: null });
  });

  it('derives the missing ids from what there is, the same each time', () => {
    const { eventId, deviceId, trackId, artistId } = read(listen);
    expect({ eventId, deviceId, trackId, artistId }).toEqual({
      eventId: expect.stringMatching(/^e-[0-9a-f]{16}$/),
      deviceId: 'session-69',
      trackId: expect.stringMatching(/^TR[0-9a-f]{16}$/),
      artistId: expect.stringMatching(/^AR[0-9a-f]{16}$/),
    });
    expect(read(listen)).toMatchObject({ eventId, trackId, artistId });
  });

  it('gives a song the same ids whether its name was repaired before or not', () => {
    const { trackId, artistId } = read(listen);
    expect(read({ ...listen, artist: ' Beyoncé' })).toMatchObject({ trackId, artistId });
  });

  it.each([
    ['item', { itemInSession: 10 }],
    ['session', { sessionId: 70 }],
    ['time', { ts: 1 }],
  ])('gives events of another %s other ids', (_, change) => {
    expect(read({ ...listen, ...change })['eventId']).not.toBe(read(listen)['eventId']);
  });

  it('keeps ids that are there', () => {
    const ids = { eventId: 'e', deviceId: 'd', trackId: 't', artistId: 'a' };
    expect(read({ ...listen, ...ids })).toMatchObject(ids);
  });

  it('keeps a zip that was written as a number', () => {
    expect(read({ ...listen, zip: 501 })).toMatchObject({ zip: '501' });
  });

  it('passes over the mark with which some programs begin a file', () => {
    const line = `\ufeff${JSON.stringify(listen)}`;
    expect(eventsimEvent('listen_events', line)).toEqual(read(listen));
  });

  it('leaves a missing time and session to the cleaning rules', () => {
    expect(read({ ...listen, ts: undefined, sessionId: undefined })).toMatchObject({
      ts: null,
      sessionId: null,
    });
  });

  it.each([
    ['{"ts": 1', 'not JSON'],
    ['[1]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['{"ts": "today"}', 'ts is not a timestamp-millis: "today"'],
    ['{"sessionId": 1.5}', 'sessionId is not a long: 1.5'],
    ['{"artist": {"name": "x"}}', 'artist is not a string: [object Object]'],
  ])('says of %j what is wrong', (line, reason) => {
    expect(() => eventsimEvent('listen_events', line)).toThrow(reason);
  });
});
