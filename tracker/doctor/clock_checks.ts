/** Checks the wall clock of this Pi and what depends on it. A wrong one stops no alarm. */

import { durationText } from "../../core/alerting/message/duration_text.ts";
import { quietForMs, type QuietHours } from "../../core/config/value/quiet_hours.ts";
import type { Config } from "../../core/config/settings.ts";
import { type Finding, fine, warning } from "../../core/doctor/finding.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import { localTimeOfDayMs, zoneRemark } from "../../io/time/local_time.ts";

/**
 * This program is newer than this date: a Pi without a battery clock boots with a date in the past.
 */
const BEGINNING_MS = Date.UTC(2026, 0, 1);
/**
 * The wall clocks of two machines may differ by seconds. A larger difference means that one is
 * wrong.
 */
const DIFFERENCE_MS_MAX = 60_000;
/**
 * systemd's own client creates the folder at its start, and the file when a time server has
 * answered.
 */
const TIMESYNC_FOLDER = "/run/systemd/timesync";

const CONSEQUENCE = "the alarm does not depend on it, quiet hours and times do";

/** `latestMs` is a past instant by the hub's wall clock; 0 if none is known. */
export function checkClock(nowMs: number, latestMs: number): Finding {
  const now = `${formatRfc3339(nowMs)}, here ${localText(nowMs)}`;
  if (nowMs < BEGINNING_MS) {
    return warning("clock", `${now}: in the past`, `timedatectl; ${CONSEQUENCE}`);
  }
  if (latestMs - nowMs > DIFFERENCE_MS_MAX) {
    const behind = durationText(latestMs - nowMs);
    return warning(
      "clock",
      `${now}: behind the hub by ${behind} or more`,
      `timedatectl, on both`,
    );
  }
  switch (synchronisation()) {
    case "done":
      return fine("clock", `${now}, synchronised`);
    case "missing":
      return warning(
        "clock",
        `${now}: no time server has answered yet`,
        `timedatectl timesync-status; ${CONSEQUENCE}`,
      );
    case "unknown":
      return fine("clock", now);
  }
}

/** When the buzzer is quiet for every death; `nowMs` is wall-clock time. */
export function checkQuietHours({ quiet }: Config["rpi"], nowMs: number): Finding {
  if (quiet === undefined) return fine("quiet hours", "none: the buzzer sounds at any hour");
  const window = `${minuteText(quiet.fromMinute)}-${minuteText(quiet.toMinute)}`;
  const isNow = quietForMs(quiet, localTimeOfDayMs(nowMs)) > 0;
  return fine("quiet hours", `${window}: ${isNow ? quietNow(quiet) : "the buzzer sounds now"}`);
}

function quietNow({ toMinute }: QuietHours): string {
  return `the buzzer is quiet now, until ${minuteText(toMinute)}`;
}

/** Other NTP clients, such as chrony, leave no such mark. */
function synchronisation(): "done" | "missing" | "unknown" {
  if (!exists(TIMESYNC_FOLDER)) return "unknown";
  return exists(`${TIMESYNC_FOLDER}/synchronized`) ? "done" : "missing";
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function minuteText(minute: number): string {
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}

function localText(wallMs: number): string {
  return `${new Date(wallMs).toLocaleTimeString("en-GB")}${zoneRemark()}`;
}
