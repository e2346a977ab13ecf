/** Names the zone of the page's times when the reader's own clock differs. */

import { text } from "../texts/texts.ts";
import { clockMinuteText, dayKey } from "./instant.ts";

/** `undefined` when both clocks show the same time. Default of `own`: the browser's zone. */
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
