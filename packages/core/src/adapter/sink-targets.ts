import { OptionError } from '../contract/errors.ts';
import type { NamedSinks, Sink } from '../contract/sink.ts';

/** Finds the tables or topics behind the sinks of a store, so that one sink can write for all of a job's outputs. */
export class SinkTargets<Target> {
  readonly #targets = new WeakMap<object, Target>();

  /** Notes the table or topic of a sink; gives the sink. */
  add<S extends Sink<never>>(sink: S, target: Target): S {
    this.#targets.set(sink, target);
    return sink;
  }

  /**
   * The targets of named outputs.
   *
   * @throws OptionError when one of the sinks is not of this kind.
   */
  of(named: NamedSinks = new Map()): ReadonlyMap<string, Target> {
    return new Map(
      [...named].map(([output, sink]) => {
        const target = this.#targets.get(sink);
        if (target === undefined)
          throw new OptionError(
            `output ${output} goes into a sink that is not of the same kind as that of the rows`,
          );
        return [output, target];
      }),
    );
  }
}
