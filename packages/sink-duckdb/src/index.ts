export { TableMismatchError, WarehouseLockedError } from './errors.ts';
export {
  type DuckDBWarehouse,
  openWarehouse,
  type TableOptions,
  type WarehouseOptions,
} from './warehouse.ts';
