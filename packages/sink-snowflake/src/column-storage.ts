import {
  type ColumnKind,
  type ColumnType,
  jsonText,
  type TableColumn,
} from '@streamify/core/adapter';

/** A decimal with more digits is a text: Snowflake has none of them. */
const mostDigits = 38;
/** Bytes of a row's texts: with their escapes they are to fit the 16 MB of JSON that Snowflake parses at once. */
const mostRowBytes = 6 * 1024 * 1024;
/** Snowflake's dates and timestamps are of the years 1 to 9999. */
const firstMillis = -62_135_596_800_000;
const lastMillis = 253_402_300_799_999;
const dayOfMillis = 24 * 60 * 60 * 1000;

/** A column with a type of its own, none of whose parts have one. */
type Plain = Exclude<ColumnType, 'decimal' | 'struct' | 'list' | 'map'>;

/** Snowflake's type of a column, as its catalogue writes it. Times are UTC, without a zone. */
export function sqlType({ type, precision = 0, scale = 0 }: ColumnKind): string {
  if (type === 'decimal')
    return precision > mostDigits ? sqlTypes.string : `NUMBER(${precision},${scale})`;
  return sqlTypes[type as Plain];
}

const sqlTypes: Readonly<Record<Plain, string>> = {
  boolean: 'BOOLEAN',
  int: 'NUMBER(38,0)',
  long: 'NUMBER(38,0)',
  float: 'FLOAT',
  double: 'FLOAT',
  string: 'VARCHAR(16777216)',
  bytes: 'BINARY(8388608)',
  uuid: 'VARCHAR(16777216)',
  date: 'DATE',
  'time-millis': 'TIME(9)',
  'time-micros': 'TIME(9)',
  'timestamp-millis': 'TIMESTAMP_NTZ(9)',
  'timestamp-micros': 'TIMESTAMP_NTZ(9)',
  'timestamp-nanos': 'TIMESTAMP_NTZ(9)',
  json: 'VARIANT',
};

/** The SQL of a column's value, out of the text that {@link textOf} has made of it. */
export function sqlOf(kind: ColumnKind, text: string): string {
  switch (kind.type) {
    case 'json':
      return `parse_json(${text})`;
    case 'bytes':
      return `to_binary(${text}, 'BASE64')`;
    default:
      return `${text}::${sqlType(kind)}`;
  }
}

/** A value that fits its column as a text, which {@link sqlOf} reads; null for none. */
export function textOf({ type }: ColumnKind, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'string':
    case 'uuid':
      return (value as string).toWellFormed();
    case 'json':
      return jsonText(value);
    case 'bytes':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'float':
      return numberText(Math.fround(value as number));
    case 'double':
      return numberText(value as number);
    case 'date':
      return dateText((value as number) * dayOfMillis);
    case 'time-millis':
      return timeText(BigInt(value as number) * 1_000_000n);
    case 'time-micros':
      return timeText(BigInt(value as number) * 1_000n);
    case 'timestamp-millis':
      return timestampText(BigInt(value as number) * 1_000_000n);
    case 'timestamp-micros':
      return timestampText(BigInt(value as number) * 1_000n);
    case 'timestamp-nanos':
      return timestampText(BigInt(value as number | bigint));
    default:
      return String(value);
  }
}

/** Says why Snowflake cannot take a row that fits its columns; `undefined` when it can. */
export function excessOf(columns: readonly TableColumn[], row: object): string | undefined {
  const values = row as Readonly<Record<string, unknown>>;
  let bytes = 0;
  for (const column of columns) {
    const value = values[column.field];
    if (value === null || value === undefined) continue;
    const reason = outsideTime(column, value);
    if (reason !== undefined) return `${column.field} ${reason}`;
    bytes += bytesOf(column, value);
    if (bytes > mostRowBytes)
      return `${column.field} makes a row of more than ${mostRowBytes} bytes of text, which Snowflake is not given`;
  }
  return undefined;
}

/** Bytes of a value as a text, where it may have many. */
function bytesOf({ type }: ColumnKind, value: unknown): number {
  if (type === 'string') return Buffer.byteLength(value as string);
  if (type === 'json') return Buffer.byteLength(jsonText(value));
  return type === 'bytes' ? Math.ceil((value as Uint8Array).length / 3) * 4 : 0;
}

function outsideTime({ type }: ColumnKind, value: unknown): string | undefined {
  switch (type) {
    case 'date':
      return outsideYears((value as number) * dayOfMillis);
    case 'timestamp-millis':
      return outsideYears(value as number);
    case 'timestamp-micros':
      return outsideYears((value as number) / 1_000);
    default:
      return undefined;
  }
}

function outsideYears(millis: number): string | undefined {
  const isInside = millis >= firstMillis && millis <= lastMillis;
  return isInside ? undefined : `is not in the years 1 to 9999, which Snowflake has`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

const nanosOfDay = 86_400_000_000_000n;

function timeText(nanos: bigint): string {
  const seconds = nanos / 1_000_000_000n;
  const parts = [seconds / 3_600n, (seconds / 60n) % 60n, seconds % 60n];
  const fraction = String(nanos % 1_000_000_000n).padStart(9, '0');
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}.${fraction}`;
}

function dateText(millis: number): string {
  return new Date(millis).toISOString().slice(0, 10);
}

function timestampText(nanos: bigint): string {
  const ofDay = ((nanos % nanosOfDay) + nanosOfDay) % nanosOfDay;
  const days = (nanos - ofDay) / nanosOfDay;
  return `${dateText(Number(days) * dayOfMillis)} ${timeText(ofDay)}`;
}
