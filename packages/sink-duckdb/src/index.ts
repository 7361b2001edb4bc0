export { WarehouseError, WarehouseLockedError } from './errors.ts';
export { type DuckDBReader, openReader, type ReaderOptions } from './reader.ts';
export { type DuckDBWarehouse, openWarehouse, type WarehouseOptions } from './warehouse.ts';
