import { OptionError, type SchemaRegistry } from '@streamify/core';

const fail = async (): Promise<never> => {
  throw new OptionError(
    'events of a type need a schema registry: give kafkaLog one, such as registry: confluentRegistry({ url })',
  );
};

/** Stands for the registry of a log that was given none. */
export const noRegistry: SchemaRegistry = { register: fail, schema: fail, newest: fail };
