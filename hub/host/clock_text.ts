/** The hub's local time of day, as people read it. */

import { zoneRemark } from "../../io/time/local_time.ts";

/**
 * The local time of day, with the date if that is not the day of `todayMs`, and with `UTC` if that is
 * the hub's zone. Both are wall-clock times.
 */
export function clockText(wallMs: number, todayMs: number): string {
  const date = new Date(wallMs);
  const time = `${date.toLocaleTimeString("en-GB")}${zoneRemark()}`;
  if (date.toDateString() === new Date(todayMs).toDateString()) return time;
  return `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}
