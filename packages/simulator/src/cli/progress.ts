/** How far a run is. */
export interface Progress {
  /** Tells the time that the simulation has got to, in epoch milliseconds, and the records so far. */
  update(time: number, records: number): void;
  /** Says something in a line of its own. */
  say(line: string): void;
  /** Takes the line away. */
  clear(): void;
}

/** Milliseconds between two lines: on a terminal, where they replace each other, and elsewhere. */
const redraw = 200;
const repeat = 10_000;

/** Shows progress: one line that is redrawn on a terminal, a plain line every ten seconds elsewhere. */
export function showProgress(
  output: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
  span: { readonly start: number; readonly end: number },
  now: () => number = () => performance.now(),
): Progress {
  const isTerminal = output.isTTY === true;
  const began = now();
  let shownAt = isTerminal ? Number.NEGATIVE_INFINITY : began;
  let [lastTime, lastRecords, lastAt] = [began, 0, began];
  let first: { readonly time: number; readonly at: number } | undefined;
  let rate = 0;
  let isDrawn = false;
  const clear = (): void => {
    if (isDrawn) output.write('\r\x1b[K');
    isDrawn = false;
  };

  return {
    update(time, records) {
      const at = now();
      first ??= { time, at };
      if (at - shownAt < (isTerminal ? redraw : repeat)) return;
      shownAt = at;
      if (at > lastAt) rate = ((records - lastRecords) / (at - lastAt)) * 1_000;
      [lastTime, lastRecords, lastAt] = [time, records, at];
      const speed = (time - first.time) / Math.max(1, at - first.at);
      const left =
        Number.isFinite(span.end) && speed > 0 ? (span.end - lastTime) / speed : undefined;
      const line = [
        new Date(time).toISOString().slice(0, 19).replace('T', ' '),
        `${records.toLocaleString('en-US')} events`,
        `${Math.round(rate).toLocaleString('en-US')}/s`,
        ...(left === undefined ? [] : [`${duration(left)} left`]),
      ].join('  ');
      if (!isTerminal) return output.write(`${line}\n`);
      output.write(`\r\x1b[K${line.slice(0, (output.columns ?? 80) - 1)}`);
      isDrawn = true;
    },
    say(line) {
      clear();
      output.write(`${line}\n`);
    },
    clear,
  };
}

/** Milliseconds as people read them. */
export function duration(millis: number): string {
  const seconds = Math.max(0, Math.round(millis / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
