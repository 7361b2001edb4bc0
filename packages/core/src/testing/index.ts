export { emptyOutput } from './contract-output.ts';
export { type ContractRow, contractSchema } from './contract-row.ts';
export { eventsOf } from './events-of.ts';
export { faultyLog, faultySink, type LogMoment, type SinkMoment } from './fault-switches.ts';
export type { Flaw } from './flawed-sink.ts';
export {
  type JobRunner,
  type JobRunnerOptions,
  jobRunner,
  type RunnableJob,
  type StoredRow,
} from './job-runner.ts';
export { type ContractCase, type LogHarness, logContract } from './log-contract.ts';
export {
  expectHarmed,
  expectUnharmed,
  type FaultRecord,
  type NotingTask,
  type Outcome,
} from './record-fault.ts';
export { type RestartSafeOptions, restartSafe } from './restart-safe.ts';
export { seededRandom } from './seeded-random.ts';
export {
  type FaultReport,
  type SimulatedJob,
  type SimulatedMergedJob,
  type SimulateFaultsOptions,
  simulateFaults,
} from './simulate-faults.ts';
export { sinkContract } from './sink-contract.ts';
export type { CommitFault, SinkHarness, SinkUnderTest, StoredOutput } from './sink-harness.ts';
export {
  type WarehouseHarness,
  type WarehouseUnderTest,
  warehouseContract,
} from './warehouse-contract.ts';
