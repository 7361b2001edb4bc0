/** The watermark of one of the tasks that feed a topic, as a record of the topic carries it. */
export interface CarriedWatermark {
  /** `<job>/<partition>` of the task. */
  readonly writer: string;
  /** How many tasks its job has. */
  readonly writers: number;
  /** Epoch milliseconds; `-Infinity` before the task's first event. */
  readonly watermark: number;
}
