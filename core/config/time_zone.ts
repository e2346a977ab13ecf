/** Names of time zones, as `[hub] time_zone` takes them. */

import { bad, good, type Parsed } from "../text/parser.ts";
import { closest } from "../text/spelling.ts";

/** Longer than the longest name of the database. */
const LENGTH_MAX = 64;
/** What the database calls the zone that no town has. */
const UNIVERSAL = /^(Etc\/)?(UTC|UCT|GMT|Zulu|Universal|Greenwich)$/i;

/** A name of the IANA database, in any letter case; answers it as the database writes it. */
export function parseTimeZone(text: string): Parsed<string> {
  const known = /^[A-Za-z]/.test(text) && text.length <= LENGTH_MAX ? knownZone(text) : undefined;
  if (known !== undefined) return good(known);
  const hint = zoneMeant(text);
  const example = "a time zone such as Europe/Berlin or UTC";
  return bad(hint === undefined ? example : `${example} (did you mean ${hint}?)`);
}

/** Whether clocks of this zone show UTC, summer and winter. */
export function isUniversalTime(zone: string): boolean {
  return UNIVERSAL.test(zone);
}

function knownZone(text: string): string | undefined {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** By the whole name, or by the town alone: `berlin` for `Europe/Berlin`. */
function zoneMeant(text: string): string | undefined {
  const wanted = text.toLowerCase();
  const zones = new Map<string, string>();
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    zones.set(zone.toLowerCase(), zone);
    zones.set(zone.slice(zone.lastIndexOf("/") + 1).toLowerCase(), zone);
  }
  const near = closest(wanted, [...zones.keys()]);
  return near === undefined ? undefined : zones.get(near);
}
