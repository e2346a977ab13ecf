/** The weekly message that tests the path to people's phones: when it is due, and its text. */

import type { WeeklyTime } from "../../config/value/times.ts";
import { type Liveness, LIVENESS_WORDS } from "../../detection/liveness.ts";
import { nameList } from "./names.ts";

/** If the hub was off when the message was due, it still sends it up to this much later. */
const LATE_MS_MAX = 12 * 3_600_000;
const DAYS_PER_WEEK = 7;
/** Limits for the names of dead nodes, so that the text usually fits one SMS. */
const NAMES = { names: 3, nameLength: 16 };

/** A day of the local calendar. */
export interface LocalDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** The day of the month. It may be before the first day or after the last. */
  readonly day: number;
}

/** The hub's time zone. Instants are wall-clock time in ms since 1970. */
export interface LocalTime {
  dayOf(instantMs: number): LocalDay & { readonly weekday: number };
  /**
   * When that day's clocks show this minute after midnight: one instant, even if the clocks change.
   */
  instantOf(day: LocalDay, minute: number): number;
}

/**
 * When the next self-test is due; an instant that is not after `nowMs` means now. `lastMs` is when
 * the last one was sent, because no self-test is sent twice.
 */
export function selfTestDueMs(
  time: WeeklyTime,
  { lastMs, nowMs }: { readonly lastMs: number; readonly nowMs: number },
  local: LocalTime,
): number {
  // A send time in the future means that the wall clock was set back, so it is ignored.
  const isBelievable = lastMs <= nowMs + LATE_MS_MAX;
  const today = local.dayOf(nowMs);
  const daysSince = (today.weekday - time.weekday + DAYS_PER_WEEK) % DAYS_PER_WEEK;
  for (let days = -daysSince - DAYS_PER_WEEK;; days += DAYS_PER_WEEK) {
    const dueMs = local.instantOf({ ...today, day: today.day + days }, time.minute);
    if (isBelievable && dueMs <= lastMs) continue;
    if (dueMs > nowMs - LATE_MS_MAX) return dueMs;
  }
}

/** Returns its text. If the hub is blind, the text says so, because the nodes' state is unknown. */
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
