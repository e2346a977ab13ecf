/** Writes tables as CSV (RFC 4180). */

/**
 * Cells that a spreadsheet would execute as a formula. Any client may choose the name of its node.
 */
const FORMULA = /^[=+\-@\t\r]/;
const SPECIAL = /[",\r\n]/;

/** Returns rows as CSV; `null` is an empty cell. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

/**
 * Puts an apostrophe before a text that looks like a formula, so that spreadsheets treat it as
 * text.
 */
function cellOf(value: string | number | null): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
