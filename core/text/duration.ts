/** Durations as people write them: `500ms`, `10s`, `2m`, `1h`. */

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
]);

/** The number of digits of a duration: far more than a year in milliseconds. */
const DIGITS_MAX = 12;

const SHAPE = new RegExp(`^(\\d{1,${DIGITS_MAX}})(ms|s|m|h)$`);

/**
 * The milliseconds of a whole number with its unit, or `undefined`. A bare `0` needs no unit. Any
 * other bare number is refused, because its unit is unclear.
 */
export function parseDurationMs(text: string): number | undefined {
  if (text === "0") return 0;
  const [, digits, unit] = SHAPE.exec(text) ?? [];
  const unitMs = UNITS_MS.get(unit ?? "");
  return digits === undefined || unitMs === undefined ? undefined : Number(digits) * unitMs;
}

/** Writes whole milliseconds in the largest unit without a remainder: 90000 is `90s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  for (const [unit, unitMs] of UNITS_MS) {
    if (ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  }
  return `${ms}ms`;
}
