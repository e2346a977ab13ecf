/** Instants as the hub's people read them. */

import { zoneRemark } from "../../io/time/local_time.ts";

/**
 * The hub's local time of day, with the date where it is not the day of `todayMs`, and with `UTC`
 * where that is the hub's zone. Calendar times.
 */
export function clockText(wallMs: number, todayMs: number): string {
  const date = new Date(wallMs);
  const time = `${date.toLocaleTimeString("en-GB")}${zoneRemark()}`;
  if (date.toDateString() === new Date(todayMs).toDateString()) return time;
  return `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}
