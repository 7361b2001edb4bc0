/** Shows how far a stage of the run is: a bar on a terminal, a plain line at its end elsewhere. */
export interface Progress {
  /** Shows `done` of `total`; `note` says more. */
  update(done: number, total: number, note?: string): void;
  /** Ends the stage with a line that stays. */
  end(result: string): void;
}

const width = 24;
/** Redraws a bar at most this often, in milliseconds. */
const interval = 50;

/** Starts a stage. `now` is the clock in milliseconds. */
export function startProgress(
  stage: string,
  output: NodeJS.WriteStream = process.stdout,
  now: () => number = () => performance.now(),
): Progress {
  const started = now();
  const label = stage.padEnd(10);
  let drawn = Number.NEGATIVE_INFINITY;
  if (!output.isTTY) output.write(`${label}…\n`);
  return {
    update(done, total, note = '') {
      if (!output.isTTY || now() - drawn < interval) return;
      drawn = now();
      const share = total > 0 ? Math.min(1, done / total) : 0;
      const bar = '█'.repeat(Math.round(share * width)).padEnd(width, '░');
      const percent = `${Math.floor(share * 100)} %`.padStart(5);
      output.write(
        `\r\x1b[K${`${label} ${bar} ${percent}  ${note}`.slice(0, (output.columns ?? 80) - 1)}`,
      );
    },
    end(result) {
      const seconds = ((now() - started) / 1_000).toFixed(1).padStart(6);
      output.write(`${output.isTTY ? '\r\x1b[K' : ''}${label} ${seconds} s  ${result}\n`);
    },
  };
}

/** A number with thousands separated, as people read it. */
export const shown = (n: number): string => n.toLocaleString('en-US');

/** A time as people read it. */
export const utc = (time: number): string =>
  `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
