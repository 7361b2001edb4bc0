/** What a stage cost. */
export interface Cost {
  readonly stage: string;
  readonly events: number;
  readonly seconds: number;
  /** CPU time of all threads of the process. */
  readonly cpuSeconds: number;
  /** Highest resident memory of the process so far. */
  readonly peakMegabytes: number;
}

/** Runs a stage some times and gives the cheapest run: the one that other work on the machine disturbed least. */
export async function measure(
  stage: string,
  runs: number,
  work: () => Promise<number>,
): Promise<Cost> {
  let best: Cost | undefined;
  for (let run = 0; run < runs; run++) {
    globalThis.gc?.();
    const cpu = process.cpuUsage();
    const started = performance.now();
    const events = await work();
    const seconds = (performance.now() - started) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const cost = {
      stage,
      events,
      seconds,
      cpuSeconds: (user + system) / 1e6,
      peakMegabytes: process.resourceUsage().maxRSS / 1_024,
    };
    if (!best || cost.seconds < best.seconds) best = cost;
  }
  return best as Cost;
}

/** Prints a table of costs, each beside the first of them, and each as a line of JSON when `STREAMIFY_BENCH_JSON` is set. */
export function report(title: string, costs: readonly Cost[]): void {
  console.log(`\n${title}`);
  console.log(
    '  stage                               seconds    events/s   CPU-s per million   of the first   peak MB',
  );
  for (const { stage, events, seconds, cpuSeconds, peakMegabytes } of costs) {
    const [first] = costs as [Cost];
    const ratio = events / seconds / (first.events / first.seconds);
    console.log(
      `  ${stage.padEnd(34)}${seconds.toFixed(1).padStart(9)}${Math.round(events / seconds)
        .toLocaleString('en-US')
        .padStart(
          12,
        )}${((1e6 * cpuSeconds) / events).toFixed(2).padStart(20)}${ratio.toFixed(2).padStart(15)}${Math.round(peakMegabytes).toString().padStart(10)}`,
    );
  }
  if (process.env['STREAMIFY_BENCH_JSON'])
    for (const cost of costs) console.log(JSON.stringify({ title, ...cost }));
}
