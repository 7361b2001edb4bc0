/** The job that a test has started this process with. */
export function workerJob<J extends object>(): J {
  return JSON.parse(process.argv[2] ?? '') as J;
}
