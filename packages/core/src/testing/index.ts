export { type ContractRow, contractSchema } from './contract-row.ts';
export { type ContractCase, type LogHarness, logContract } from './log-contract.ts';
export { sinkContract } from './sink-contract.ts';
export type { CommitFault, SinkHarness, SinkUnderTest, StoredOutput } from './sink-harness.ts';
