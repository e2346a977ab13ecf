/** Reads the wall clock of this machine, and whether a time server has set it. */

import { clockFinding, type Synchronisation } from "../../core/doctor/clock_check.ts";
import type { Finding } from "../../core/doctor/finding.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import { zoneRemark } from "../time/local_time.ts";

/**
 * systemd's own client creates the folder at its start, and the file when a time server has
 * answered.
 */
const TIMESYNC_FOLDER = "/run/systemd/timesync";

/** An instant that is past, in wall-clock ms; 0 if none is known. `whose` is for people. */
export interface PastInstant {
  readonly latestMs: number;
  readonly whose: string;
}

export function checkClock(nowMs: number, { latestMs, whose }: PastInstant): Finding {
  const shown = `${formatRfc3339(nowMs)}, here ${localText(nowMs)}`;
  return clockFinding({ nowMs, shown, latestMs, whose, synchronisation: synchronisation() });
}

/** Other NTP clients, such as chrony, leave no such mark. */
function synchronisation(): Synchronisation {
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

function localText(wallMs: number): string {
  return `${new Date(wallMs).toLocaleTimeString("en-GB")}${zoneRemark()}`;
}
