const day = 86_400_000;
const months = { january: 0, may: 4, july: 6, september: 8, november: 10, december: 11 };

/**
 * The days off that a year brings to the whole United States, as days since 1970-01-01 in order:
 * New Year's Day, Memorial Day, Independence Day, Labor Day, Veterans Day, Thanksgiving and
 * Christmas Day. By rule, in any locale; a holiday on a Sunday is not moved.
 *
 * @example usHolidays(2026).map((day) => new Date(day * 86_400_000));
 */
export function usHolidays(year: number): readonly number[] {
  return [
    epochDay(year, months.january, 1),
    weekdayOnOrAfter(epochDay(year, months.may, 25), monday),
    epochDay(year, months.july, 4),
    weekdayOnOrAfter(epochDay(year, months.september, 1), monday),
    epochDay(year, months.november, 11),
    weekdayOnOrAfter(epochDay(year, months.november, 22), thursday),
    epochDay(year, months.december, 25),
  ];
}

/** Tells whether people are off on a day, given in days since 1970-01-01: weekends and US holidays. */
export function isDayOff(epochDay: number): boolean {
  const weekday = weekdayOf(epochDay);
  if (weekday === saturday || weekday === sunday) return true;
  return usHolidays(new Date(epochDay * day).getUTCFullYear()).includes(epochDay);
}

const [sunday, monday, thursday, saturday] = [0, 1, 4, 6];
const epochDay = (year: number, month: number, date: number) => Date.UTC(year, month, date) / day;
/** 1970-01-01 was a Thursday. */
const weekdayOf = (epochDay: number) => (((epochDay + 4) % 7) + 7) % 7;
const weekdayOnOrAfter = (from: number, weekday: number) =>
  from + ((weekday - weekdayOf(from) + 7) % 7);
