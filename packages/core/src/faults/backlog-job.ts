/** What a worker with little memory is to do. */
export interface BacklogJob {
  readonly dir: string;
  readonly events: number;
  readonly task: 'publish' | 'engine' | 'naive';
}

/** How slow the sink is: slower than a log can be read by far. */
export const MICROSECONDS_A_ROW = 5;
