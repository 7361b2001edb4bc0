import { StreamifyError } from '@streamify/core';
import { systemReason } from '@streamify/core/adapter';
import { UsageError } from './usage-error.ts';

/** How DuckDB words what the operating system refused it. It has no codes. */
const refusedToDuckdb = /\bIO Error\b|Could not (?:write|read|sync|truncate) file/;

/**
 * What the user is told of a failure that is not a defect of ours: their options, the state of their
 * data, Kafka and its registry, or a disk that is full or read-only. `undefined` for anything else, which needs its stack.
 */
export function failureText(cause: unknown): string | undefined {
  if (cause instanceof UsageError || cause instanceof StreamifyError) return cause.message;
  if (!(cause instanceof Error)) return undefined;
  // What Kafka answered, where the package has no error of its own for it.
  if (cause.name.startsWith('KafkaJS')) return `Kafka: ${cause.message}`;
  const refused =
    refusalOf(cause) ?? (refusedToDuckdb.test(cause.message) ? cause.message : undefined);
  if (refused !== undefined)
    return `${refused}\nwhat is committed is safe: mend this, and run it again to go on from there`;
  return undefined;
}

/** What the operating system refused, and of which file. */
function refusalOf(cause: NodeJS.ErrnoException): string | undefined {
  const reason = systemReason(cause);
  if (reason === undefined) return undefined;
  return `cannot use ${cause.path ?? `what ${cause.syscall} asks for`}: ${reason}`;
}
