/** Reads the wall clock of this machine, and whether a time server has set it. */

import {
  clockFinding,
  type Synchronisation,
  synchronisationOf,
} from "../../core/doctor/clock_check.ts";
import type { Finding } from "../../core/doctor/finding.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import { zoneRemark } from "../time/local_time.ts";
import { programAnswer } from "./program_answer.ts";

/**
 * systemd's own client creates the folder at its start, and the file when a time server has
 * answered.
 */
const TIMESYNC_FOLDER = "/run/systemd/timesync";
/** chrony's folder has no such mark, but the kernel knows what chrony has told it. */
const CHRONY_FOLDER = "/run/chrony";
const TIMEDATECTL = "/usr/bin/timedatectl";
/** systemd starts the service that answers. */
const ANSWER_MS = 5000;

/** An instant that is past, in wall-clock ms; 0 if none is known. `whose` is for people. */
export interface PastInstant {
  readonly latestMs: number;
  readonly whose: string;
}

/** Needs `--allow-run=/usr/bin/timedatectl` where chrony runs. */
export async function checkClock(
  nowMs: number,
  { latestMs, whose }: PastInstant,
): Promise<Finding> {
  const shown = `${formatRfc3339(nowMs)}, here ${localText(nowMs)}`;
  const hasChrony = exists(CHRONY_FOLDER);
  return clockFinding({
    nowMs,
    shown,
    latestMs,
    whose,
    client: hasChrony ? "chrony" : "timesyncd",
    synchronisation: synchronisationOf({
      timesyncd: ofTimesyncd(),
      hasChrony,
      isKernelSynchronised: hasChrony ? await askKernel() : undefined,
    }),
  });
}

function ofTimesyncd(): Synchronisation {
  if (!exists(TIMESYNC_FOLDER)) return "unknown";
  return exists(`${TIMESYNC_FOLDER}/synchronized`) ? "done" : "missing";
}

async function askKernel(): Promise<boolean | undefined> {
  const show = ["show", "--property=NTPSynchronized", "--value"];
  const answer = (await programAnswer(TIMEDATECTL, show, ANSWER_MS))?.trim();
  return answer === "yes" ? true : answer === "no" ? false : undefined;
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
