/** The partitions that a process of a live run held last, by job, as it wrote. */
function heldPartitions(stdout: string): Readonly<Record<string, readonly number[]>> {
  const [line] = stdout.match(/(?<=partitions held: ).*(?=\n)/g)?.slice(-1) ?? [];
  if (line === undefined) return {};
  return Object.fromEntries(
    line.split('; ').map((each) => {
      const [, job = '', partitions = ''] = /^(.*) (none|[\d,]+)$/.exec(each) ?? [];
      return [job, partitions === 'none' ? [] : partitions.split(',').map(Number)];
    }),
  );
}

/** Whether the processes hold each partition of each job once, and none of them holds nothing. */
export function shareAll(outputs: readonly string[], partitions: number): boolean {
  const all = outputs.map(heldPartitions);
  const jobs = Object.keys(all[0] ?? {});
  const isBusy = (held: (typeof all)[number]) =>
    Object.values(held).some(({ length }) => length > 0);
  const wanted = Array.from({ length: partitions }, (_, i) => i).join();
  const isShared = (job: string) =>
    all
      .flatMap((held) => held[job] ?? [])
      .sort((a, b) => a - b)
      .join() === wanted;
  return jobs.length > 0 && all.every(isBusy) && jobs.every(isShared);
}
