/** The weekly message that proves the way to people's phones: when it is due, and what it says. */

import type { WeeklyTime } from "../../config/value/times.ts";
import { type Liveness, LIVENESS_WORDS } from "../../detection/liveness.ts";
import { nameList } from "./names.ts";

/** A hub that was off at the minute still sends it so much later. */
const LATE_MS_MAX = 12 * 3_600_000;
const DAYS_PER_WEEK = 7;
/** Of the names of those that are down: the whole is one SMS as a rule. */
const NAMES = { names: 3, nameLength: 16 };

/** A day of the local calendar. */
export interface LocalDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** Of the month; may lie before its first or behind its last. */
  readonly day: number;
}

/** The hub's time zone. Instants are calendar time in ms since 1970. */
export interface LocalTime {
  dayOf(instantMs: number): LocalDay & { readonly weekday: number };
  /** When that day's clocks show so many minutes since midnight: once, whatever summer time does. */
  instantOf(day: LocalDay, minute: number): number;
}

/**
 * When the next self-test is due; not later than `nowMs` means now. `lastMs` is when the last one was
 * sent: the same is never sent twice.
 */
export function selfTestDueMs(
  time: WeeklyTime,
  { lastMs, nowMs }: { readonly lastMs: number; readonly nowMs: number },
  local: LocalTime,
): number {
  // Sent in a future that the calendar has taken back: it says nothing about the present.
  const isBelievable = lastMs <= nowMs + LATE_MS_MAX;
  const today = local.dayOf(nowMs);
  const daysSince = (today.weekday - time.weekday + DAYS_PER_WEEK) % DAYS_PER_WEEK;
  for (let days = -daysSince - DAYS_PER_WEEK;; days += DAYS_PER_WEEK) {
    const dueMs = local.instantOf({ ...today, day: today.day + days }, time.minute);
    if (isBelievable && dueMs <= lastMs) continue;
    if (dueMs > nowMs - LATE_MS_MAX) return dueMs;
  }
}

/** Its text. While the hub is blind it says so, for then it knows nothing of the nodes. */
export function selfTestText(
  nodes: readonly { readonly id: string; readonly name: string; readonly liveness: Liveness }[],
  isBlind: boolean,
): string {
  const head = "RPi Cluster Alert: weekly test.";
  if (isBlind) return `${head} The hub cannot see the broker now.`;
  if (nodes.length === 0) return `${head} No Pi is known yet.`;
  const parts: string[] = [];
  for (const liveness of ["alive", "suspect", "dead", "left", "unknown"] as const) {
    const those = nodes.filter((node) => node.liveness === liveness);
    if (those.length === 0) continue;
    const pis = parts.length > 0 ? "" : those.length === 1 ? " Pi" : " Pis";
    const named = those.map(({ id, name }) => ({ node: id, name }));
    const names = liveness === "dead" ? ` (${nameList(named, NAMES)})` : "";
    parts.push(`${those.length}${pis} ${LIVENESS_WORDS[liveness]}${names}`);
  }
  return `${head} ${parts.join(", ")}.`;
}
