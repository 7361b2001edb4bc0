import { SchemaError } from '@streamify/core';
import { isMissing, successOf } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Answer } from './registry-client.ts';
import type { Compatibility } from './registry-options.ts';
import { PassingFailure } from './with-patience.ts';

/**
 * Sees to it that a subject has a level of compatibility before a schema is registered under it, and
 * returns that level.
 *
 * A level that was chosen is left alone. One that nobody chose, or that is `NONE` where another is
 * asked for, is set: Apicurio's registry checks nothing unless it is told to.
 *
 * @throws SchemaError when the subject has another level than the one asked for.
 */
export async function ensureCompatibility(
  ask: Ask,
  subject: string,
  wanted: Compatibility | undefined,
): Promise<string> {
  const own = await ask(
    `read the compatibility of ${subject}`,
    (registry) => registry.compatibility(subject),
    (answer) => (isMissing(answer) ? undefined : levelOf(answer)),
  );
  if (own !== undefined && (wanted === undefined || own === wanted)) return own;
  if (own !== undefined && own !== 'NONE')
    throw new SchemaError(
      `${subject} has compatibility ${own}, not ${wanted}: leave the option compatibility out to accept that, or change it in the registry`,
    );
  if (own === undefined) {
    const general = await ask(
      'read the compatibility of the registry',
      (registry) => registry.compatibility(),
      levelOf,
    );
    if (general === wanted || (wanted === undefined && general !== 'NONE')) return general;
  }
  const level = wanted ?? 'BACKWARD';
  return ask(
    `set the compatibility of ${subject} to ${level}`,
    (registry) => registry.setCompatibility(subject, { compatibility: level }),
    (answer) => {
      successOf(answer);
      return level;
    },
  );
}

function levelOf(answer: Answer): string {
  const { compatibilityLevel } = successOf(answer);
  if (typeof compatibilityLevel === 'string') return compatibilityLevel.toUpperCase();
  throw new PassingFailure('it answered no level of compatibility');
}
