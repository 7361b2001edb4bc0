import type { Placed } from './placed.ts';
import { killProcess } from './process/stop-process.ts';

/** Resolves with all that is starting. When one fails, those that came up are ended, and it rejects with why. */
export async function allOrNone<T extends readonly (Promise<Placed> | undefined)[]>(
  starting: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  try {
    return await Promise.all(starting);
  } catch (error) {
    const results = await Promise.allSettled(starting);
    const started = results.flatMap((result) =>
      result.status === 'fulfilled' && result.value ? [result.value] : [],
    );
    await Promise.all(started.map(({ service }) => killProcess(service.process)));
    throw error;
  }
}
