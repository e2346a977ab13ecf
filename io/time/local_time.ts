/** The calendar as the clocks on the wall show it: in `[hub] time_zone`, else in the machine's own zone. */

import { isUniversalTime } from "../../core/config/time_zone.ts";

/**
 * From now on everything in this process that writes or reads a local time (messages, log, quiet
 * hours, the weekly test) is in this zone of the IANA database.
 */
export function adoptTimeZone(zone: string | undefined): void {
  // Deno tells V8 at once, so that no function below needs to be told.
  if (zone !== undefined) Deno.env.set("TZ", zone);
}

/** The zone that is in force, by its name in the IANA database. */
export function localTimeZone(): string {
  // A machine with a zone that ICU does not know gets UTC from it.
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** What a time of day needs beside it, so that nobody takes it for the one on the wall. */
export function zoneRemark(): string {
  return isUniversalTime(localTimeZone()) ? " UTC" : "";
}

/** The local time of day of an instant of the calendar, in ms since midnight. */
export function localTimeOfDayMs(wallMs: number): number {
  const date = new Date(wallMs);
  const seconds = (date.getHours() * 60 + date.getMinutes()) * 60 + date.getSeconds();
  return seconds * 1000 + date.getMilliseconds();
}
