/**
 * Gives what a process calls at its points, by their names: at the first call with `point` it sends
 * itself the signal. A process that was only stopped goes on behind it, and is stopped once.
 *
 * @param point nowhere, when it is `undefined`.
 */
export function signalAt(
  point: string | undefined,
  signal: 'SIGKILL' | 'SIGSTOP' = 'SIGKILL',
): (reached: string) => Promise<void> {
  let done = false;
  return async (reached) => {
    if (done || reached !== point) return;
    done = true;
    process.kill(process.pid, signal);
    // A signal to oneself is not always delivered before the call returns.
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
}
