import { Misfit, misfit, shown } from './json-misfit.ts';
import { isUuid } from './uuid-type.ts';

const DAY = 86_400_000;
const timestamp = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Bytes from base64 text, `size` of them where that is given. */
export function readBase64(json: unknown, size?: number): Uint8Array {
  if (typeof json !== 'string' || json.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(json))
    throw misfit(json, 'bytes in base64');
  const bytes = new Uint8Array(Buffer.from(json, 'base64'));
  if (size !== undefined && bytes.length !== size)
    throw new Misfit(`has ${bytes.length} bytes, not ${size}`);
  return bytes;
}

/**
 * A time from ISO 8601 text with its zone, in milliseconds (3 digits) or microseconds (6) since the
 * epoch; `undefined` where it is no text.
 */
export function readTimestamp(json: unknown, digits: 3 | 6): number | undefined {
  if (typeof json !== 'string' || /^-?\d+$/.test(json)) return undefined;
  const [, day, time, fraction = '', zone] = timestamp.exec(json) ?? [];
  const seconds = Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(seconds) || !isDay(day as string)) throw misfit(json, 'a time with its zone');
  if (/[1-9]/.test(fraction.slice(digits)))
    throw new Misfit(`is ${shown(json)}, finer than ${digits} digits of a second`);
  const unit = 10 ** (digits - 3);
  return seconds * unit + Number(fraction.slice(0, digits).padEnd(digits, '0'));
}

/** Days since the epoch from text such as `2026-03-02`; `undefined` where it is no text. */
export function readDate(json: unknown): number | undefined {
  if (typeof json !== 'string') return undefined;
  if (!/^\d{4}-\d\d-\d\d$/.test(json) || !isDay(json)) throw misfit(json, 'a date');
  return Date.parse(json) / DAY;
}

/** Whether there is such a day: `Date` takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const time = Date.parse(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

/** A decimal with as many digits behind the point as its scale, from a number or text. */
export function readDecimal(json: unknown, precision: number, scale: number): string {
  const text = typeof json === 'number' ? String(json) : json;
  const parts = typeof text === 'string' && /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts) throw misfit(json, 'a decimal');
  const [, sign = '', whole = '', fraction = ''] = parts;
  if (/[1-9]/.test(fraction.slice(scale)))
    throw new Misfit(`is ${shown(json)}, with more than ${scale} digits behind the point`);
  const digits = fraction.slice(0, scale).padEnd(scale, '0');
  const significant = `${whole}${digits}`.replace(/^0+/, '');
  if (significant.length > precision)
    throw new Misfit(`is ${shown(json)}, with more than ${precision} digits`);
  const isNegative = sign !== '' && significant !== '';
  return `${isNegative ? '-' : ''}${whole.replace(/^0+(?=\d)/, '')}${scale === 0 ? '' : `.${digits}`}`;
}

/** A UUID, in lower case as its bytes would give it. */
export function readUuid(json: unknown): string {
  if (!isUuid(json)) throw misfit(json, 'a UUID');
  return json.toLowerCase();
}
