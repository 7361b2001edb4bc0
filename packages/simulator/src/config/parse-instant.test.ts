import { describe, expect, test } from 'vitest';
import { parseInstant } from './parse-instant.ts';

describe('parseInstant', () => {
  test.each([
    ['2026-03-02', Date.UTC(2026, 2, 2)],
    ['2026-03-02T10:00', Date.UTC(2026, 2, 2, 10)],
    ['2026-03-02 10:00', Date.UTC(2026, 2, 2, 10)],
    ['2026-03-02 10:00:05.25', Date.UTC(2026, 2, 2, 10, 0, 5, 250)],
    ['2026-03-02T10:00:00,569123Z', Date.UTC(2026, 2, 2, 10, 0, 0, 569)],
    ['2026-03-02T10:00:00+05:30', Date.UTC(2026, 2, 2, 4, 30)],
    ['2026-03-02t10:00:00-0800', Date.UTC(2026, 2, 2, 18)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['0099-12-31', Date.parse('0099-12-31T00:00:00Z')],
  ])('%s is UTC, whatever the zone of the machine', (text, time) => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    try {
      expect(parseInstant(text)).toBe(time);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  test.each([
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-03-02T24:00',
    '2026-03-02T10:60',
    '2026-03-02T10:00:60',
    '2026-03-02T10:00+24:00',
    '2026-03-02T',
    '2026-03-02T10',
    '2026-03-02 10:00 pm',
    '2026-3-2',
    '02.03.2026',
    ' 2026-03-02',
    '2026-03-02\n',
    '+012026-03-02',
    '',
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeNaN();
  });
});
