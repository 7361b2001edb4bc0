/** What a logical type says about the values of the type below it. */
export type LogicalType = DecimalLogical | { readonly name: PlainLogical };

/** An exact number; not `valid` where its scale makes no sense, which leaves plain bytes. */
export interface DecimalLogical {
  readonly name: 'decimal';
  readonly precision: number;
  readonly scale: number;
  readonly valid: boolean;
}

type PlainLogical = 'big-decimal' | 'uuid' | 'date' | 'duration' | ClockName;
type ClockName = keyof typeof clocks;

/** The logical types that count ticks: those of one family differ only in how many a second has. */
const clocks = {
  'time-millis': { family: 'time', ticks: 1e3 },
  'time-micros': { family: 'time', ticks: 1e6 },
  'timestamp-millis': { family: 'timestamp', ticks: 1e3 },
  'timestamp-micros': { family: 'timestamp', ticks: 1e6 },
  'timestamp-nanos': { family: 'timestamp', ticks: 1e9 },
  'local-timestamp-millis': { family: 'local-timestamp', ticks: 1e3 },
  'local-timestamp-micros': { family: 'local-timestamp', ticks: 1e6 },
  'local-timestamp-nanos': { family: 'local-timestamp', ticks: 1e9 },
} as const;

const bases: Readonly<Record<string, readonly string[]>> = {
  decimal: ['bytes', 'fixed'],
  'big-decimal': ['bytes'],
  uuid: ['string', 'fixed'],
  duration: ['fixed'],
  date: ['int'],
  'time-millis': ['int'],
  ...Object.fromEntries(
    Object.keys(clocks)
      .filter((name) => name !== 'time-millis')
      .map((name) => [name, ['long']]),
  ),
};
const sizes: Readonly<Record<string, number>> = { uuid: 16, duration: 12 };

/**
 * The logical type that a schema names; `undefined` where there is none, or none that its type can
 * have: then the specification says that it is ignored.
 */
export function logicalTypeOf(
  kind: string,
  schema: Readonly<Record<string, unknown>>,
): LogicalType | undefined {
  const { logicalType, size } = schema;
  if (typeof logicalType !== 'string' || !Object.hasOwn(bases, logicalType)) return undefined;
  if (!bases[logicalType]?.includes(kind)) return undefined;
  if (logicalType === 'decimal') return decimal(schema);
  if (kind === 'fixed' && size !== sizes[logicalType]) return undefined;
  return { name: logicalType as PlainLogical };
}

function decimal(schema: Readonly<Record<string, unknown>>): DecimalLogical {
  const { precision = Number.NaN, scale = 0 } = schema as { precision?: number; scale?: number };
  const valid =
    Number.isInteger(precision) && Number.isInteger(scale) && scale >= 0 && scale <= precision;
  return { name: 'decimal', precision, scale, valid };
}

/** By how much ticks of one logical type are multiplied for another; `undefined` where they count different things. */
export function tickRatio(from: LogicalType, to: LogicalType): number | undefined {
  const [ours, theirs] = [clocks[to.name as ClockName], clocks[from.name as ClockName]];
  return ours && theirs && ours.family === theirs.family ? ours.ticks / theirs.ticks : undefined;
}
