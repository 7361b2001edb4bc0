const form =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|([+-])(\d\d):?(\d\d))?)?$/i;

/**
 * Epoch milliseconds of an ISO 8601 time, UTC where it names no zone; `NaN` where it is none.
 *
 * Read here and not by `Date.parse`, which takes 30 February for 2 March, and a time behind a space for
 * one in the zone of the machine.
 */
export function parseInstant(value: string): number {
  const found = form.exec(value);
  if (found === null) return Number.NaN;
  const part = (group: number) => Number(found[group] ?? 0);
  const [year, month, date, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as Parts;
  const millis = Number((found[7] ?? '').padEnd(3, '0').slice(0, 3));
  const [zoneHour, zoneMinute] = [part(10), part(11)];
  const day = new Date(0);
  day.setUTCFullYear(year, month - 1, date);
  const isDay = day.getUTCMonth() === month - 1 && day.getUTCDate() === date;
  const isTime = hour < 24 && minute < 60 && second < 60 && zoneHour < 24 && zoneMinute < 60;
  if (!isDay || !isTime) return Number.NaN;
  const zone = (zoneHour * 60 + zoneMinute) * (found[9] === '-' ? -1 : 1);
  return day.getTime() + ((hour * 60 + minute - zone) * 60 + second) * 1_000 + millis;
}

type Parts = [number, number, number, number, number, number];
