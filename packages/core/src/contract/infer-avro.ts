/**
 * The static type of an Avro schema, inferred from the schema written as a constant: no code
 * generation and nothing at run time.
 *
 * `long` is a number (the codec refuses what is not a safe integer), or a bigint where `Long` says so;
 * `timestamp-millis` epoch milliseconds, and all times are numbers; `decimal` and `uuid` are strings,
 * `bytes` and `fixed` a Uint8Array. A logical type on a type that cannot have it is ignored. Named types
 * may refer to each other and to themselves. Source: Apache Avro 1.12 specification.
 */
export type InferAvro<S, Names = NamedTypes<S>, Long = number> = S extends keyof Primitives<Long>
  ? Primitives<Long>[S]
  : S extends string
    ? InferAvro<Extract<Names, { name: S }>, Names, Long>
    : S extends readonly (infer Branch)[]
      ? Branch extends unknown
        ? InferAvro<Branch, Names, Long>
        : never
      : S extends LogicalText
        ? string
        : S extends LogicalTime
          ? number
          : S extends { type: 'record'; fields: infer F extends readonly AvroField[] }
            ? Flatten<{ readonly [E in F[number] as E['name']]: InferAvro<E['type'], Names, Long> }>
            : S extends { type: 'enum'; symbols: readonly (infer Symbol)[] }
              ? Symbol
              : S extends { type: 'fixed' }
                ? Uint8Array
                : S extends { type: 'array'; items: infer Items }
                  ? readonly InferAvro<Items, Names, Long>[]
                  : S extends { type: 'map'; values: infer Values }
                    ? { readonly [key: string]: InferAvro<Values, Names, Long> }
                    : S extends { type: infer Inner }
                      ? InferAvro<Inner, Names, Long>
                      : never;

/** A field of an Avro record. */
export interface AvroField {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
  readonly doc?: string;
}

interface Primitives<Long> {
  null: null;
  boolean: boolean;
  int: number;
  long: Long;
  float: number;
  double: number;
  bytes: Uint8Array;
  string: string;
}

/** The logical types whose values are none of the type below: a text instead of bytes. */
type LogicalText =
  | { readonly type: 'bytes' | 'fixed'; readonly logicalType: 'decimal' }
  | { readonly type: 'fixed'; readonly size: 16; readonly logicalType: 'uuid' };

/** The logical types whose values are numbers, whatever a long is. */
type LogicalTime = {
  readonly type: 'int' | 'long';
  readonly logicalType:
    | 'timestamp-millis'
    | 'timestamp-micros'
    | 'local-timestamp-millis'
    | 'local-timestamp-micros'
    | 'time-millis'
    | 'time-micros'
    | 'date';
};

/** Every named type inside a schema, so that references by name resolve. */
export type NamedTypes<S> = S extends readonly (infer Branch)[]
  ? NamedTypes<Branch>
  : S extends { type: 'record'; name: string; fields: readonly (infer F)[] }
    ? S | (F extends { type: infer T } ? NamedTypes<T> : never)
    : S extends { type: 'enum' | 'fixed' }
      ? S
      : S extends { type: 'array'; items: infer Items }
        ? NamedTypes<Items>
        : S extends { type: 'map'; values: infer Values }
          ? NamedTypes<Values>
          : S extends { type: infer Inner extends { readonly type: unknown } }
            ? NamedTypes<Inner>
            : never;

type Flatten<T> = { [K in keyof T]: T[K] } & {};
