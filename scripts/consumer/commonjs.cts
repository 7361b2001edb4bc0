// A CommonJS file of TypeScript: require() of an ES module, with its types.
import { type EventLog, memoryLog } from '@streamify/core';
import { logContract } from '@streamify/core/testing';

const log: EventLog = memoryLog();
export const cases: number = logContract({ open: async () => log }).length;
