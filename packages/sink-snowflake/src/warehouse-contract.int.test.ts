import { warehouseContract } from '@streamify/core/testing';
import { it } from 'vitest';
import { describeWithStandIn } from './testing/describe-with-stand-in.ts';
import type { StandIn } from './testing/stand-in.ts';
import { openWarehouse } from './warehouse.ts';

async function open(standIn: StandIn) {
  const connection = await standIn.schema();
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

describeWithStandIn('a Snowflake warehouse', (standIn) => {
  for (const { name, run } of warehouseContract({ open: () => open(standIn()) })) it(name, run);
});
