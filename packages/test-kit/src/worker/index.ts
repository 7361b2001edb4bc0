export { signalAt } from './signal-at.ts';
export { tell } from './tell.ts';
export { workerJob } from './worker-job.ts';
