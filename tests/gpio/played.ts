/** What a guest's lines did, held against the patterns that they should have played. */
import assert from "node:assert/strict";
import { scaled } from "../support/time/patience.ts";
import type { Guest } from "./guest.ts";

/** An emulated guest's timers come up to 15 ms late; a busy machine halts it for longer. */
const TOLERANCE_MS = Math.min(scaled(60), 300);
/** An edge may be off by so much; on a quiet machine it is less than the shortest beat. */
const OUTLIER_MS = Math.min(scaled(95), 450);
/** A busy machine halts a guest: of so many edges one may come whenever it can. */
const HALTED_EDGES = 10;
/** A line that blinks once a second changes this often, in seconds. */
const BEAT_S = 0.5;

/** How long a line keeps its levels in turn, the first of them on: the start of each pattern. */
export const SHORT_BLINK = [100, 1_900, 100, 1_900];
export const DOUBLE_BLINK = [100, 150, 100, 1_650, 100, 150, 100, 1_650];
export const TRIPLE_BLINK = [100, 150, 100, 150, 100, 2_400];
export const ONE_HERTZ = [500, 500, 500, 500];
export const THREE_BEEPS = [100, 100, 100, 100, 100];

export interface Play {
  readonly line: number;
  /** Seconds of the guest's clock. */
  readonly since: number;
  /** Milliseconds for which the line keeps its levels in turn, the first of them on. */
  readonly pattern: readonly number[];
}

/** Waits until the pattern has been played, and holds each edge against its due time. */
export async function plays(guest: Guest, { line, since, pattern }: Play): Promise<void> {
  const seen = await guest.until(() => {
    const edgesNow = edges(guest, line, since);
    return edgesNow.length > pattern.length ? edgesNow : undefined;
  }, `pattern on line ${line}`);
  const [first] = seen;
  assert(first !== undefined && first.level);
  let dueMs = 0;
  let halts = Math.ceil(pattern.length / HALTED_EDGES);
  const offMs: number[] = [];
  for (const [index, edge] of seen.slice(0, pattern.length + 1).entries()) {
    const ms: number = (edge.t - first.t) * 1_000;
    const what = `line ${line}, edge ${index}: due after ${dueMs} ms, came after ${ms.toFixed(0)}`;
    offMs.push(Math.abs(ms - dueMs));
    assert(Math.abs(ms - dueMs) <= OUTLIER_MS || halts-- > 0, what);
    dueMs += pattern[index] ?? 0;
  }
  const median = offMs.toSorted((a, b) => a - b)[Math.floor(offMs.length / 2)] ?? 0;
  assert(median <= TOLERANCE_MS, `line ${line}: edges are off by ${median.toFixed(0)} ms`);
}

export interface Edge {
  readonly t: number;
  readonly level: boolean;
}

/** The changes of a line's level, from the first on. */
export function edges(guest: Guest, line: number, since: number): readonly Edge[] {
  const found: Edge[] = [];
  for (const { t, kind, value, line: of } of guest.events) {
    if (kind !== "set" || of !== line || t < since) continue;
    const level = value === "1";
    if (level !== (found.at(-1)?.level ?? false)) found.push({ t, level });
  }
  return found;
}

/**
 * Waits until the pattern has been played, whatever the line did before, and answers when it began
 * by the guest's clock, in seconds.
 */
export async function playsAtLast(guest: Guest, play: Play): Promise<number> {
  const what = `pattern ${play.pattern.join(" ")} on line ${play.line}`;
  return await guest.until(() => firstPlayed(guest, play)?.t, what);
}

/** Whether the pattern has been played so far. */
export function hasPlayed(guest: Guest, play: Play): boolean {
  return firstPlayed(guest, play) !== undefined;
}

function firstPlayed(guest: Guest, { line, since, pattern }: Play): Edge | undefined {
  const seen = edges(guest, line, since);
  return seen.find((_, start) => matches(seen.slice(start), pattern));
}

/**
 * Plays a scenario again, so often in all, when one of its assertions fails. A machine that halts
 * the guest spoils one time, a wrong pattern spoils each.
 */
export async function inOneOf(times: number, play: () => Promise<void>): Promise<void> {
  for (let rest = times - 1;; rest--) {
    try {
      return await play();
    } catch (error) {
      if (rest === 0 || !(error instanceof assert.AssertionError)) throw error;
    }
  }
}

/**
 * For how long the guest was halted at most, in seconds, while a line blinked once a second: by so
 * much its program could not have done anything sooner.
 */
export function haltedS(
  guest: Guest,
  { line, since, until }: { readonly line: number; readonly since: number; readonly until: number },
): number {
  const seen = edges(guest, line, 0).filter(({ t }) => t >= since - BEAT_S && t <= until + BEAT_S);
  const pauses = seen.map(({ t }, index) => t - (seen[index - 1]?.t ?? t));
  return Math.max(0, Math.max(0, ...pauses) - BEAT_S);
}

function matches(seen: readonly Edge[], pattern: readonly number[]): boolean {
  if (seen.length <= pattern.length || !seen[0]?.level) return false;
  return pattern.every((ms, index) => {
    const [from, to] = [seen[index], seen[index + 1]];
    return from && to && Math.abs((to.t - from.t) * 1_000 - ms) <= TOLERANCE_MS;
  });
}
