/** Whether the wall clock of a machine is right. A wrong one stops no alarm. */

import { durationText } from "../alerting/message/duration_text.ts";
import { type Finding, fine, warning } from "./finding.ts";

/**
 * This program is newer than this date (2026-01-01): a Pi without a battery clock boots with a date
 * in the past.
 */
const BEGINNING_MS = 1_767_225_600_000;
/**
 * The wall clocks of two machines may differ by seconds. A larger difference means that one is
 * wrong.
 */
const DIFFERENCE_MS_MAX = 60_000;

const CONSEQUENCE = "the alarm does not depend on it, quiet hours and times do";

/** Whether a time server has set the clock; `unknown`: the machine does not say. */
export type Synchronisation = "done" | "missing" | "unknown";

/** The program that asks time servers: systemd's own, or chrony, which many use in its place. */
export type TimeClient = "timesyncd" | "chrony";

export interface TimeClients {
  /** Whether systemd's own client runs, and a server has answered it. */
  readonly timesyncd: Synchronisation;
  readonly hasChrony: boolean;
  /** What the kernel was told by any client; `undefined`: it could not be asked. */
  readonly isKernelSynchronised: boolean | undefined;
}

/** chrony comes first: it replaces systemd's client, whose marks stay until the next boot. */
export function synchronisationOf(
  { timesyncd, hasChrony, isKernelSynchronised }: TimeClients,
): Synchronisation {
  if (!hasChrony) return timesyncd;
  if (isKernelSynchronised === undefined) return "unknown";
  return isKernelSynchronised ? "done" : "missing";
}

const LOOK: Readonly<Record<TimeClient, string>> = {
  timesyncd: "timedatectl timesync-status",
  chrony: "chronyc sources",
};

export interface ClockFacts {
  /** The wall clock, in ms since 1970. */
  readonly nowMs: number;
  /** The same for people. */
  readonly shown: string;
  /** An instant that is past by another clock, or by this one earlier; 0 if none is known. */
  readonly latestMs: number;
  /** Whose instant that is: `the hub`, `what the hub has stored`. */
  readonly whose: string;
  readonly synchronisation: Synchronisation;
  readonly client: TimeClient;
}

export function clockFinding(facts: ClockFacts): Finding {
  const { nowMs, shown, latestMs, whose, synchronisation, client } = facts;
  if (nowMs < BEGINNING_MS) {
    return warning("clock", `${shown}: in the past`, `timedatectl; ${CONSEQUENCE}`);
  }
  if (latestMs - nowMs > DIFFERENCE_MS_MAX) {
    const behind = durationText(latestMs - nowMs);
    return warning(
      "clock",
      `${shown}: behind ${whose} by ${behind} or more`,
      "timedatectl, on both",
    );
  }
  switch (synchronisation) {
    case "done":
      return fine("clock", `${shown}, synchronised`);
    case "missing":
      return warning(
        "clock",
        `${shown}: no time server has answered yet`,
        `${LOOK[client]}; ${CONSEQUENCE}`,
      );
    case "unknown":
      return fine("clock", shown);
  }
}
