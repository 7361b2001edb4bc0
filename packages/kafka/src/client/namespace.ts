import { OptionError } from '@streamify/core';

/** A part of a cluster: who uses it has short names, of which each begins with `<namespace>.` in Kafka. */
export interface Namespace {
  /** The name in Kafka of a topic, a consumer group, a subject or what a transactional id is for. */
  inKafka(name: string): string;
  /** The short name of one of this namespace. */
  shortOf(nameInKafka: string): string;
}

/** The namespace of this name. Without one, names are in Kafka as they are. */
export function namespaceOf(namespace: string | undefined): Namespace {
  if (namespace === undefined) return { inKafka: (name) => name, shortOf: (name) => name };
  if (typeof namespace !== 'string' || !/^[a-zA-Z0-9._-]+$/.test(namespace))
    throw new OptionError(
      `namespace has letters, digits, dots, underscores and hyphens, got ${JSON.stringify(namespace)}`,
    );
  const prefix = `${namespace}.`;
  return {
    inKafka: (name) => `${prefix}${name}`,
    shortOf: (nameInKafka) => nameInKafka.slice(prefix.length),
  };
}
