/** Statistics of a series of measurements. */

/** The value that a `share` (0 to 1) of the measurements does not exceed, by the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.max(0, Math.ceil(share * sorted.length) - 1);
  const value = sorted[index];
  if (value === undefined) throw new Error("There is no percentile of nothing");
  return value;
}

/** `p50 4.51 s, p99 4.98 s, max 4.98 s (20 trials)`; `values` are milliseconds. */
export function describeMs(values: readonly number[]): string {
  const p50 = percentile(values, 0.5);
  const p99 = percentile(values, 0.99);
  const max = percentile(values, 1);
  return `p50 ${span(p50)}, p99 ${span(p99)}, max ${span(max)} (${values.length} trials)`;
}

function span(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
