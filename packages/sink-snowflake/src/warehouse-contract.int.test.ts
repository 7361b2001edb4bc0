import { warehouseContract } from '@streamify/core/testing';
import { it } from 'vitest';
import { describeWithSnowflake } from './testing/describe-with-snowflake.ts';
import type { SnowflakeUnderTest } from './testing/snowflake-under-test.ts';
import { openWarehouse } from './warehouse.ts';

async function open(snowflake: SnowflakeUnderTest) {
  const connection = await snowflake.schema();
  let warehouse = await openWarehouse(connection);
  return {
    warehouse,
    async reopen() {
      await warehouse.close();
      warehouse = await openWarehouse(connection);
      return warehouse;
    },
    close: () => warehouse.close(),
  };
}

describeWithSnowflake('a Snowflake warehouse', (snowflake) => {
  for (const { name, run } of warehouseContract({ open: () => open(snowflake()) })) it(name, run);
});
