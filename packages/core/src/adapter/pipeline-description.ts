/** Describes what a job's checkpoints depend on, beside its inputs: where its rows go, and its states. */
export interface PipelineDescription {
  /** The table or topic of the main stream. */
  readonly into: string;
  /** The tables or topics of named outputs; `null` for one that is kept as JSON. */
  readonly outputs: Readonly<Record<string, string | null>>;
  /** What each state depends on, by name. */
  readonly states: Readonly<
    Record<string, { readonly signature: string; readonly version: string; readonly shape: string }>
  >;
  /** Partitions of the input: a state belongs to the keys of one, and these move when there are more. */
  readonly partitions: number;
}

/** A description as the text that sinks keep in a checkpoint. */
export function writePipeline(description: PipelineDescription): string {
  return JSON.stringify(description);
}

/** The description in a checkpoint; `undefined` when another release wrote it. */
export function readPipeline(text: string): PipelineDescription | undefined {
  try {
    const found = JSON.parse(text) as Partial<PipelineDescription> | null;
    const { into, outputs, states, partitions } = found ?? {};
    if (into === undefined || !outputs || !states || partitions === undefined) return undefined;
    return { into, outputs, states, partitions };
  } catch {
    return undefined;
  }
}

/** Whether the tasks of this pipeline keep state, which belongs to the keys of their partitions. */
export function hasState(text: string): boolean {
  const description = readPipeline(text);
  return description ? Object.keys(description.states).length > 0 : text !== '';
}
