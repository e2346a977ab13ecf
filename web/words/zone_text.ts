/** In whose zone the page tells times, where the reader's own clock shows others. */

import { text } from "../texts/texts.ts";
import { clockMinuteText, dayKey } from "./instant.ts";

/** `undefined` where both clocks show the same. `own` is the browser's zone where left out. */
export function zoneText(
  zone: string | undefined,
  now: string,
  own: string = new Intl.DateTimeFormat().resolvedOptions().timeZone,
): string | undefined {
  if (zone === undefined) return undefined;
  const [there, here] = [clockMinuteText(now, zone), clockMinuteText(now, own)];
  if (there === here && dayKey(now, zone) === dayKey(now, own)) return undefined;
  const words = text("shell.zone", { zone: zone.replaceAll("_", " "), there, here });
  return zone === "UTC" ? `${words} ${text("shell.zoneUtc")}` : words;
}
