import { SchemaError } from '@streamify/core';
import { isMissing, successOf } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Answer } from './exchange.ts';
import type { Compatibility } from './registry-options.ts';
import { PassingFailure } from './with-patience.ts';

/**
 * Sees to it that a subject has a level of compatibility before a schema is registered under it,
 * and returns that level.
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
  const present = await levelInForce(ask, subject);
  if (present === wanted || (wanted === undefined && present !== 'NONE')) return present;

  // Apicurio says NONE of a subject that has no level of its own, where others say that it has none.
  const own = await levelOf(ask, subject, (registry) => registry.compatibility(subject));
  if (wanted === undefined && own !== undefined) return own;
  if (own !== undefined && own !== 'NONE')
    throw new SchemaError(
      `${subject} has compatibility ${own}, not ${wanted}: leave the option compatibility out to accept that, or change it in the registry`,
    );
  const level = wanted ?? 'BACKWARD';
  return ask(
    `set the compatibility of ${subject} to ${level}`,
    (registry) => registry.setCompatibility(subject, { compatibility: level }),
    (answer) => {
      // Apicurio's takes NONE for the whole registry only.
      if (isMissing(answer))
        throw new SchemaError(
          `the registry cannot give ${subject} compatibility ${level}, and ${present} is in force: leave the option compatibility out, or change it for the whole registry`,
        );
      successOf(answer);
      return level;
    },
  );
}

async function levelInForce(ask: Ask, subject: string): Promise<string> {
  const known = await levelOf(ask, subject, (registry) =>
    registry.compatibility(subject, { defaultToGlobal: true }),
  );
  if (known !== undefined) return known;
  return ask(
    'read the compatibility of the registry',
    (registry) => registry.compatibility(),
    levelIn,
  );
}

const levelOf = (ask: Ask, subject: string, request: Parameters<Ask>[1]) =>
  ask(`read the compatibility of ${subject}`, request, (answer) =>
    isMissing(answer) ? undefined : levelIn(answer),
  );

function levelIn(answer: Answer): string {
  const { compatibilityLevel } = successOf(answer);
  if (typeof compatibilityLevel === 'string') return compatibilityLevel.toUpperCase();
  throw new PassingFailure('it answered no level of compatibility');
}
