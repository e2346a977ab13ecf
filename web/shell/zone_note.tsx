/** A line above every view when its times are in another zone than the reader's. */

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { Live } from "../live/live.ts";
import { zoneText } from "../words/zone_text.ts";

export function ZoneNote({ live }: { readonly live: Live }): JSX.Element | null {
  const words = useComputed(() => zoneText(live.zone.value, live.minute.value));
  return words.value === undefined ? null : <p class="zone-note">{words.value}</p>;
}
