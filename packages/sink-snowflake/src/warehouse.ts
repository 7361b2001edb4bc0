import { OptionError, type Warehouse } from '@streamify/core';
import {
  checkOptions,
  defineTable,
  SinkTargets,
  type TableDefinition,
  transactions,
} from '@streamify/core/adapter';
import { driverOptions, type SnowflakeConnection } from './connection-options.ts';
import { readLetters } from './dead-letters.ts';
import { createLedger } from './ledger.ts';
import { openSession, type Session } from './session.ts';
import { type SnowflakeStore, snowflakeSink } from './snowflake-sink.ts';

/** Options of {@link openWarehouse}. */
export type WarehouseOptions = SnowflakeConnection;

/** A schema of Snowflake that jobs deliver into. */
export interface SnowflakeWarehouse extends Warehouse {
  /** The database and the schema, for people. */
  readonly place: string;
}

/**
 * Connects to Snowflake, to deliver into tables of one schema, which has to be there. What accounts for the rows is
 * beside them, in tables whose names begin with `_STREAMIFY_`.
 *
 * All jobs of a process share the session, and their commits take turns. Names of tables and columns are in upper
 * case there, so that a query finds them without quotes.
 *
 * @throws OptionError when an option cannot work, or the driver is not installed.
 * @throws WarehouseError when the account cannot be reached, or refuses.
 *
 * @example
 * const warehouse = await openWarehouse({ account: 'myorg-account1', user: 'LOADER', privateKeyFile: 'key.p8', database: 'MUSIC', schema: 'RAW' });
 * await run({ name: 'plays', from: plays, through: (plays$) => plays$, into: warehouse.table('plays', Play.schema) });
 * await warehouse.close();
 */
export async function openWarehouse(options: WarehouseOptions): Promise<SnowflakeWarehouse> {
  const driver = driverOptions(options);
  const session = await openSession(driver);
  try {
    await createLedger(session);
  } catch (cause) {
    await session.close();
    throw cause;
  }
  return warehouseIn(session, `${options.database}.${driver.schema}`);
}

/** A warehouse behind a session. */
function warehouseIn(session: Session, place: string): SnowflakeWarehouse {
  const turns = transactions(session);
  const { transact, inTurn } = turns;
  const store: SnowflakeStore = {
    session,
    transact,
    inTurn,
    targets: new SinkTargets<TableDefinition>(),
  };
  let closing: Promise<void> | undefined;
  return {
    place,
    table(name, schema, options = {}) {
      checkOptions('table', options, { upsert: true, nested: true });
      if (options.nested === 'struct')
        throw new OptionError(
          `table ${name}: Snowflake keeps nested values as VARIANT, which has the types of their parts: leave nested out`,
        );
      return snowflakeSink(store, defineTable(name, schema, options));
    },
    query: (sql) => inTurn(async () => (await session.run(sql)).rows),
    deadLetters: (job) => inTurn(() => readLetters(session, job)),
    close() {
      closing ??= turns.end(`the warehouse ${place} is closed`, () => session.close());
      return closing;
    },
  };
}
