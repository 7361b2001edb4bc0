/** How far one of the tasks that feed a topic had come when it wrote this, as a record of the topic says. */
export interface CarriedWatermark {
  /** `<job>/<partition>` of the task. */
  readonly writer: string;
  /** How many tasks its job has. */
  readonly writers: number;
  /** Epoch milliseconds; `-Infinity` before the task's first event. */
  readonly watermark: number;
}
