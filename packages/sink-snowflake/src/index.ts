export type { SnowflakeConnection } from './connection-options.ts';
export { WarehouseError } from './errors.ts';
export { openWarehouse, type SnowflakeWarehouse, type WarehouseOptions } from './warehouse.ts';
