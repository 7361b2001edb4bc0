import type avsc from 'avsc';
import { BigLongType } from './big-long-type.ts';
import { decimalMisfit } from './decimal-text.ts';
import { DecimalType } from './decimal-type.ts';
import { FiniteFloatType, largestFloat } from './finite-float-type.ts';
import { SafeLongType } from './safe-long-type.ts';

/** Names the first field of a value that does not fit its type: its path, what it holds, what it should. */
export function misfitOf(type: avsc.Type, value: unknown): string | undefined {
  let misfit: string | undefined;
  type.isValid(value, {
    errorHook: (path: string[], found: unknown, expected: avsc.Type) => {
      if (misfit !== undefined) return;
      const place = path.length === 0 ? 'it' : `field ${path.join('.')}`;
      const rule = ruleOf(expected, found);
      misfit = `${place} is ${typeOf(found)}, not ${nameOf(expected)}${rule ? `: ${rule}` : ''}`;
    },
  });
  return misfit;
}

/** The kind of a value, and the value itself where it is a number or a text: that is what makes them misfit. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'number' || typeof value === 'bigint') return `${typeof value} ${value}`;
  if (typeof value === 'string') return `string ${shown(value)}`;
  if (typeof value === 'object') return value.constructor?.name ?? 'an object';
  return typeof value;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** What a type takes of such a value, where its name does not say it. */
function ruleOf(type: avsc.Type, value: unknown): string | undefined {
  if (type instanceof DecimalType) return decimalMisfit(value, type);
  if (type instanceof FiniteFloatType)
    return typeof value === 'number' ? `it takes numbers up to ${largestFloat}` : undefined;
  const isWhole = typeof value === 'number' || typeof value === 'bigint';
  if (type instanceof BigLongType)
    return isWhole ? 'it takes bigints of 64 bits, such as 5n' : undefined;
  if (type instanceof SafeLongType)
    return isWhole
      ? `it takes whole numbers up to ${Number.MAX_SAFE_INTEGER}; where the event is defined with longs: 'bigint', bigints of 64 bits`
      : undefined;
  if (!avscIs(type, 'union')) return undefined;
  const rules = (type as UnionType).types.map((branch) => ruleOf(branch, value));
  return rules.find((rule) => rule !== undefined);
}

function nameOf(type: avsc.Type): string {
  if (type instanceof BigLongType) return 'long';
  if (avscIs(type, 'union')) return (type as UnionType).types.map(nameOf).join(' or ');
  if (type.name !== undefined) return type.name;
  if (avscIs(type, 'logical')) return logicalName(type as LogicalType);
  return type.typeName;
}

type UnionType = avsc.Type & { readonly types: readonly avsc.Type[] };
type LogicalType = avsc.Type & { readonly underlyingType: avsc.Type };

const avscIs = (type: avsc.Type, kind: string) => type.typeName.startsWith(kind);
const logicalName = (type: LogicalType) => {
  if (type instanceof DecimalType) return `decimal(${type.precision}, ${type.scale})`;
  return type.typeName === 'logical:own-uuid' ? 'uuid' : nameOf(type.underlyingType);
};
