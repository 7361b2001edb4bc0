/** Resolves when a signal has fired. */
export function aborted(signal: AbortSignal): Promise<void> {
  return untilAborted(new Promise<void>(() => {}), signal);
}

/** Resolves with what work gives, or with nothing as soon as a signal fires. It leaves no listener at the signal, which may live on. */
export async function untilAborted<R>(
  work: Promise<R>,
  signal: AbortSignal,
): Promise<R | undefined> {
  if (signal.aborted) return undefined;
  let onAbort = () => {};
  const fired = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, fired]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
