/** Local time in `[hub] time_zone`, or else in the machine's own zone. */

import { isUniversalTime } from "../../core/config/value/time_zone.ts";

/**
 * Sets the time zone (a name of the IANA database) for every local time that this process reads or
 * writes: messages, log, quiet hours, the weekly test.
 */
export function adoptTimeZone(zone: string | undefined): void {
  // Deno passes the change to V8 at once, so the functions below need no zone argument.
  if (zone !== undefined) Deno.env.set("TZ", zone);
}

/** Returns the present zone, by its name in the IANA database. */
export function localTimeZone(): string {
  // ICU reports UTC for a zone that it does not know.
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** Returns a remark for times in UTC, so that nobody takes them for local time. */
export function zoneRemark(): string {
  return isUniversalTime(localTimeZone()) ? " UTC" : "";
}

/** Returns the local time of day of a wall-clock instant, in ms since midnight. */
export function localTimeOfDayMs(wallMs: number): number {
  const date = new Date(wallMs);
  const seconds = (date.getHours() * 60 + date.getMinutes()) * 60 + date.getSeconds();
  return seconds * 1000 + date.getMilliseconds();
}
