/** What LEDs and buzzers do now, in one line under the verdict. */

import type { JSX } from "preact";
import type { AlarmView } from "../../core/api/alarm_view.ts";
import { text } from "../texts/texts.ts";

/** Each Pi may have its own hold time and quiet hours. The line describes a Pi without them. */
export function AlarmLine({ alarm }: { readonly alarm: AlarmView }): JSX.Element | null {
  // Without a tracker there is no LED to describe.
  if (alarm.trackers.length === 0) return null;
  return <p class="note alarm-line">{text(`alarm.${alarm.shows}`)}.</p>;
}
