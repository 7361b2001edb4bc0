import type { RecordSchema, SchemaRegistry } from '@streamify/core';
import { asking } from './ask.ts';
import { ensureCompatibility } from './compatibility.ts';
import { incompatible } from './incompatible.ts';
import { once } from './once.ts';
import { newestIn, registeredId, schemaIn } from './read-answer.ts';
import { type ConfluentRegistryOptions, checkRegistryOptions } from './registry-options.ts';
import { subjectName } from './subject-name.ts';

/**
 * Keeps schemas in a registry with Confluent's REST interface: Confluent's own, Apicurio (below
 * `/apis/ccompat/v7`), Karapace, Redpanda.
 *
 * An id's schema is fetched once, and a schema is registered once under a subject. A registry that is
 * away is waited for, and then each call fails with `RegistryUnavailableError` until it is back, for
 * good with none. A schema that its subject's compatibility forbids is refused with `SchemaError`
 * before anything is published; so is an id that the registry does not know, which makes the events
 * that carry it dead letters.
 *
 * @example
 * const registry = confluentRegistry({ url: 'http://localhost:8081' });
 * const id = await registry.register('plays-value', Play.schema);
 *
 * @throws OptionError when an option cannot work.
 */
export function confluentRegistry(options: ConfluentRegistryOptions): SchemaRegistry {
  const checked = checkRegistryOptions(options);
  const ask = asking(checked);
  const ids = once<string, number>();
  const schemas = once<number, RecordSchema>();

  const register = async (subject: string, text: string): Promise<number> => {
    const level = await ensureCompatibility(ask, subject, checked.compatibility);
    const answer = await ask(
      `register a schema under ${subject}`,
      (registry) => registry.register(subject, { schema: text }),
      (given) => registeredId(subject, given),
    );
    if (typeof answer === 'number') return answer;
    throw await incompatible(ask, { subject, level, schema: JSON.parse(text) }, answer);
  };

  return {
    async register(subject, schema) {
      const name = subjectName(checked.subject, subject, schema);
      const text = JSON.stringify(schema);
      return ids(JSON.stringify([name, text]), () => register(name, text));
    },
    async newest(subject, schema) {
      const name = subjectName(checked.subject, subject, schema);
      return ask(
        `read the newest schema of ${name}`,
        (registry) => registry.latest(name),
        (answer) => newestIn(name, answer),
      );
    },
    schema: (id) =>
      schemas(id, () =>
        ask(
          `read schema ${id}`,
          (registry) => registry.schema(id),
          (answer) => schemaIn(id, answer),
        ),
      ),
  };
}
