import { expect, test } from 'vitest';
import { isDayOff, usHolidays } from './us-holidays.ts';

const day = 86_400_000;
const dates = (year: number) =>
  usHolidays(year).map((epochDay) => new Date(epochDay * day).toISOString().slice(5, 10));
const off = (date: string) => isDayOff(Date.parse(date) / day);

test.each([
  [2024, ['01-01', '05-27', '07-04', '09-02', '11-11', '11-28', '12-25']],
  [2025, ['01-01', '05-26', '07-04', '09-01', '11-11', '11-27', '12-25']],
  [2026, ['01-01', '05-25', '07-04', '09-07', '11-11', '11-26', '12-25']],
  [2027, ['01-01', '05-31', '07-04', '09-06', '11-11', '11-25', '12-25']],
  [1969, ['01-01', '05-26', '07-04', '09-01', '11-11', '11-27', '12-25']],
])('the holidays of %i follow their rules', (year, expected) => {
  expect(dates(year)).toEqual(expected);
});

test('weekends and holidays are off, and the Monday after a holiday on a Sunday is not', () => {
  expect(off('2026-03-07')).toBe(true);
  expect(off('2026-03-08')).toBe(true);
  expect(off('2026-03-09')).toBe(false);
  expect(off('2026-11-26')).toBe(true);
  expect(off('2027-07-04')).toBe(true);
  expect(off('2027-07-05')).toBe(false);
});

test('days before 1970 have the right weekday', () => {
  expect(off('1969-12-28')).toBe(true);
  expect(off('1969-12-29')).toBe(false);
});
