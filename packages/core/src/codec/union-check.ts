import type { InferAvro, NamedTypes } from '../contract/infer-avro.ts';

/**
 * `unknown` for a schema whose unions are clear; otherwise a sentence that names the union which is
 * not, so that the compiler shows it.
 *
 * A value carries no mark of its branch. So two numbers, two strings (an enum or a decimal is one),
 * or two objects (records, maps and bytes) in one union would leave open what a value means.
 */
export type ClearUnions<S> = [AmbiguityIn<S, NamedTypes<S>>] extends [never]
  ? unknown
  : AmbiguityIn<S, NamedTypes<S>>;

/** Walks a schema as `InferAvro` does; gives a sentence for each union that is ambiguous. */
type AmbiguityIn<S, Names> = S extends readonly unknown[]
  ? Repeated<S, Names> extends infer Kind extends string
    ? [Kind] extends [never]
      ? AmbiguityIn<S[number], Names>
      : `a union has two branches that are ${Kind}s: no value tells them apart`
    : never
  : S extends { type: 'record'; fields: readonly (infer F)[] }
    ? F extends { name: infer Name extends string; type: infer T }
      ? AmbiguityIn<T, Names> extends infer Found extends string
        ? `${Name}: ${Found}`
        : never
      : never
    : S extends { type: 'array'; items: infer Items }
      ? AmbiguityIn<Items, Names>
      : S extends { type: 'map'; values: infer Values }
        ? AmbiguityIn<Values, Names>
        : S extends { type: infer Inner extends { readonly type: unknown } | readonly unknown[] }
          ? AmbiguityIn<Inner, Names>
          : never;

/** The kinds that more than one branch has. */
type Repeated<
  Branches extends readonly unknown[],
  Names,
  Seen = never,
> = Branches extends readonly [infer First, ...infer Rest]
  ? Extract<KindOf<First, Names>, Seen> | Repeated<Rest, Names, Seen | KindOf<First, Names>>
  : never;

/** The kind of a branch's values at run time, as far as a union can tell. */
type KindOf<S, Names> =
  InferAvro<S, Names> extends infer T
    ? [T] extends [null]
      ? 'null'
      : [T] extends [boolean]
        ? 'boolean'
        : [T] extends [number]
          ? 'number'
          : [T] extends [string]
            ? 'string'
            : [T] extends [readonly unknown[]]
              ? 'array'
              : 'object'
    : never;
