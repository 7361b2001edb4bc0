/** Adds the counts of an epoch to a sum. */
export function addCounts(
  sum: Record<string, number>,
  counts: Readonly<Record<string, number>>,
): void {
  for (const [name, n] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + n;
}
