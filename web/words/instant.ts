/** Formats the hub's instants (RFC 3339, UTC) in the hub's zone, like its messages. */

import { type Language, spokenLanguage, text } from "../texts/texts.ts";

/** A zone of the IANA database. Default: the browser's own. */
export type Zone = string | undefined;

/** The hub's zone. */
let hubZone: Zone;

/** Sets the zone for all times from now on; a zone that this browser does not know is ignored. */
export function setZone(zone: string): void {
  hubZone = isKnown(zone) ? zone : undefined;
}

/** The zone of all times. */
export function shownZone(): Zone {
  return hubZone;
}

function isKnown(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** `14:02:11` */
export function clockText(instant: string, zone: Zone = hubZone): string {
  return format(instant, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** `14:02` */
export function clockMinuteText(instant: string, zone: Zone = hubZone): string {
  return format(instant, zone, { hour: "2-digit", minute: "2-digit" });
}

/** `14:02`, with the day before it when that is not the day of `now`: `21 Nov 14:02`. */
export function sinceText(instant: string, now: string, zone: Zone = hubZone): string {
  const time = clockMinuteText(instant, zone);
  return dayKey(instant, zone) === dayKey(now, zone) ? time : `${shortDay(instant, zone)} ${time}`;
}

/** The day as a heading: `Today`, `Yesterday`, `Friday 21 November 2025`. */
export function dayText(instant: string, now: string, zone: Zone = hubZone): string {
  const day = dayKey(instant, zone);
  if (day === dayKey(now, zone)) return text("time.today");
  if (day === dayKey(yesterdayOf(now), zone)) return text("time.yesterday");
  return format(instant, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** Everything, with the zone, for the hover: `Sat 22 November 2025, 14:02:11 CET`. */
export function fullText(instant: string, zone: Zone = hubZone): string {
  const day = { weekday: "short", day: "numeric", month: "long", year: "numeric" } as const;
  const time = {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  } as const;
  return `${format(instant, zone, day)}, ${format(instant, zone, time)}`;
}

function shortDay(instant: string, zone: Zone): string {
  return format(instant, zone, { day: "numeric", month: "short" });
}

/** Equal for all instants of a day. */
export function dayKey(instant: string, zone: Zone = hubZone): string {
  return format(instant, zone, { year: "numeric", month: "2-digit", day: "2-digit" });
}

/**
 * Twenty-four hours earlier. When a clock change makes that the same day, "Yesterday" is missing,
 * which is not wrong.
 */
function yesterdayOf(now: string): string {
  return new Date(Date.parse(now) - 24 * 60 * 60 * 1000).toISOString();
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** British English writes days before months and uses 24 hours, like German. */
const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", de: "de-DE" };

function format(instant: string, zone: Zone, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([spokenLanguage(), zone, options]);
  let formatter = formats.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(LOCALES[spokenLanguage()], {
      hourCycle: "h23",
      ...options,
      ...(zone === undefined ? {} : { timeZone: zone }),
    });
    formats.set(key, formatter);
  }
  const ms = Date.parse(instant);
  return Number.isNaN(ms) ? instant : formatter.format(ms).replaceAll(",", "");
}
