import { OptionError } from '../contract/errors.ts';
import type { Output } from '../contract/output.ts';

/**
 * Declares a named output, by which elements leave a pipeline beside its main stream, such as late events
 * or rejected orders. Give it to the operator that emits to it, and to the job that says where it goes.
 *
 * @throws OptionError when the name is empty.
 *
 * @example
 * const late = output<StreamEvent<Play>>('late');
 * await run({
 *   name: 'plays-per-song',
 *   from: log.topic('plays', Play),
 *   through: (plays$) => plays$.pipe(tumblingWindow(count, { size: 300_000, late })),
 *   into: warehouse.table('plays_per_song', PlaysPerSong),
 *   outputs: [late.into(warehouse.table('late_plays', Play.schema))],
 * });
 */
export function output<T>(name: string): Output<T> {
  if (typeof name !== 'string' || name.trim() === '')
    throw new OptionError(`an output needs a name, got ${JSON.stringify(name)}`);
  return {
    name,
    into: (sink) => ({ output: name, sink }),
    asJson: () => ({ output: name, sink: undefined }),
  };
}
