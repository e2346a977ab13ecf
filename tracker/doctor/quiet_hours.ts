/** When the buzzer is quiet for every death. */

import { quietForMs, type QuietHours } from "../../core/config/value/quiet_hours.ts";
import type { Config } from "../../core/config/settings.ts";
import { type Finding, fine } from "../../core/doctor/finding.ts";
import { localTimeOfDayMs } from "../../io/time/local_time.ts";

/** `nowMs` is wall-clock time. */
export function checkQuietHours({ quiet }: Config["rpi"], nowMs: number): Finding {
  if (quiet === undefined) return fine("quiet hours", "none: the buzzer sounds at any hour");
  const window = `${minuteText(quiet.fromMinute)}-${minuteText(quiet.toMinute)}`;
  const isNow = quietForMs(quiet, localTimeOfDayMs(nowMs)) > 0;
  return fine("quiet hours", `${window}: ${isNow ? quietNow(quiet) : "the buzzer sounds now"}`);
}

function quietNow({ toMinute }: QuietHours): string {
  return `the buzzer is quiet now, until ${minuteText(toMinute)}`;
}

function minuteText(minute: number): string {
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}
