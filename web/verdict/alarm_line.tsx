/** What LEDs and buzzers do now, in one line under the verdict. */

import type { JSX } from "preact";
import type { AlarmView } from "../../core/api/feed.ts";
import { text } from "../texts/texts.ts";

/** Each Pi has holds and hours of quiet of its own: the line tells what one does that has none. */
export function AlarmLine({ alarm }: { readonly alarm: AlarmView }): JSX.Element | null {
  // Where no tracker is heard, there is no LED that it could tell of.
  if (alarm.trackers.length === 0) return null;
  return <p class="note alarm-line">{text(`alarm.${alarm.shows}`)}.</p>;
}
