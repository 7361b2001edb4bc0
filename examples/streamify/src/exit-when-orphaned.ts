const interval = 250;

/**
 * Ends this process when the npm that started it is gone: a killed `npm start` must not leave a run
 * behind that still holds the log. Ending at any moment is safe; the next run goes on from there.
 */
export function exitWhenOrphaned(): void {
  if (!['start', 'worker'].includes(process.env['npm_lifecycle_event'] ?? '')) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, interval).unref();
}
