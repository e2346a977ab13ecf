/** Groups the rows of a history by day. */

import { dayText, type Zone } from "./instant.ts";

export interface Day<Row> {
  /** `Today`, `Yesterday`, or the date. */
  readonly day: string;
  readonly rows: readonly Row[];
}

/** Keeps the order of the rows; a day that appears again starts a new group. */
export function byDay<Row>(
  rows: readonly Row[],
  instantOf: (row: Row) => string,
  { now, zone }: { readonly now: string; readonly zone?: Zone },
): readonly Day<Row>[] {
  const days: { day: string; rows: Row[] }[] = [];
  for (const row of rows) {
    const day = dayText(instantOf(row), now, ...(zone === undefined ? [] : [zone]));
    const last = days.at(-1);
    if (last?.day === day) last.rows.push(row);
    else days.push({ day, rows: [row] });
  }
  return days;
}
