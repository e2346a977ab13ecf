/** Names of time zones for `[hub] time_zone`. */

import { bad, good, type Parsed } from "../../text/parser.ts";
import { closest } from "../../text/spelling.ts";

/** Longer than the longest name of the database. */
const LENGTH_MAX = 64;
/** The names of the database for UTC. */
const UNIVERSAL = /^(Etc\/)?(UTC|UCT|GMT|Zulu|Universal|Greenwich)$/i;

/** A name of the IANA database in any letter case. The result has the spelling of the database. */
export function parseTimeZone(text: string): Parsed<string> {
  const known = /^[A-Za-z]/.test(text) && text.length <= LENGTH_MAX ? knownZone(text) : undefined;
  if (known !== undefined) return good(known);
  const hint = closestZone(text);
  const example = "a time zone such as Europe/Berlin or UTC";
  return bad(hint === undefined ? example : `${example} (did you mean ${hint}?)`);
}

/** Whether clocks of this zone show UTC all year. */
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

/** Finds a zone by its whole name or by its city alone: `berlin` for `Europe/Berlin`. */
function closestZone(text: string): string | undefined {
  const typed = text.toLowerCase();
  const zones = new Map<string, string>();
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    zones.set(zone.toLowerCase(), zone);
    zones.set(zone.slice(zone.lastIndexOf("/") + 1).toLowerCase(), zone);
  }
  const near = closest(typed, [...zones.keys()]);
  return near === undefined ? undefined : zones.get(near);
}
