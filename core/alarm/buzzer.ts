/** When the buzzer sounds: for which nodes, after which hold, and when it is silent. */

import { quietForMs, type QuietHours } from "../config/value/quiet_hours.ts";
import { Announcements } from "./announcements.ts";
import type { Silence } from "./silence.ts";

/** A node with this many deaths ... */
const FLAP_DEATHS = 3;
/** ... within this time gets a longer hold, until it had no death for the same time. */
const FLAP_WINDOW_MS = 600_000;
const FLAP_HOLD_MS = 60_000;
/** The wall clock may step, so the quiet hours are checked this often. */
const CHECK_EVERY_MS = 60_000;

export interface BuzzerRules {
  /** How long a node stays dead before the buzzer sounds. */
  readonly holdMs: number;
  /** False: a flapping node gets no longer hold. True if absent. */
  readonly slowsFlapping?: boolean;
  /** When the buzzer is silent, by the local time of day (ms since midnight) of an instant. */
  readonly quiet?: {
    readonly hours: QuietHours;
    readonly timeOfDayMs: (nowMs: number) => number;
  };
}

/** The last deaths of one node, newest last, at most `FLAP_DEATHS`. */
interface Deaths {
  readonly atMs: number[];
  isFlapping: boolean;
}

export interface BuzzerState {
  readonly announced: Announcements;
  readonly deaths: Map<string, Deaths>;
  /** The buzzer is silent until then, because the tracker has just stalled. */
  unreadUntilMs: number;
}

export function newBuzzer(): BuzzerState {
  return {
    announced: new Announcements(),
    deaths: new Map(),
    unreadUntilMs: -Infinity,
  };
}

/** A death or a storage fault at `atMs`, of which the tracker learned at `learnedMs`. */
interface AlarmEvent {
  readonly node: string;
  readonly atMs: number;
  readonly learnedMs: number;
}

/** A node is alive without storage. */
export function announceStorage(
  { announced }: BuzzerState,
  { node, atMs, learnedMs }: AlarmEvent,
  { holdMs }: BuzzerRules,
): void {
  announced.set(node, { learnedMs, waitsFromMs: atMs, holdMs });
}

/** A node died. */
export function announce(
  buzzer: BuzzerState,
  { node, atMs, learnedMs }: AlarmEvent,
  { holdMs, slowsFlapping = true }: BuzzerRules,
): void {
  const isFlapping = recordDeath(buzzer, node, atMs) && slowsFlapping;
  buzzer.announced.set(node, {
    learnedMs,
    waitsFromMs: atMs,
    holdMs: isFlapping ? Math.max(holdMs, FLAP_HOLD_MS) : holdMs,
  });
}

/** Records a death. Returns whether the node is flapping. */
function recordDeath({ deaths }: BuzzerState, node: string, diedMs: number): boolean {
  const known = deaths.get(node) ?? { atMs: [], isFlapping: false };
  deaths.set(node, known);
  if (diedMs - (known.atMs.at(-1) ?? -Infinity) > FLAP_WINDOW_MS) known.isFlapping = false;
  known.atMs.push(diedMs);
  while (diedMs - (known.atMs[0] ?? diedMs) > FLAP_WINDOW_MS) known.atMs.shift();
  known.atMs.splice(0, known.atMs.length - FLAP_DEATHS);
  if (known.atMs.length === FLAP_DEATHS) known.isFlapping = true;
  return known.isFlapping;
}

/** Restarts the holds, because dead nodes may have come back while the tracker was blind. */
export function restartHolds({ announced }: BuzzerState, nowMs: number): void {
  announced.restart(nowMs);
}

/** Whether the buzzer sounds. */
export interface Sounding {
  readonly sounds: boolean;
  /** When that may change without an event. */
  readonly nextMs: number;
}

export function soundingAt(
  { announced, unreadUntilMs }: BuzzerState,
  { rules, silence, nowMs }: {
    readonly rules: BuzzerRules;
    readonly silence: Silence;
    readonly nowMs: number;
  },
): Sounding {
  const { hasPassed, nextMs } = withUnread(announced.look(silence, nowMs), unreadUntilMs, nowMs);
  if (rules.quiet === undefined || announced.size === 0) return { sounds: hasPassed, nextMs };
  const { isQuiet, checkMs } = quietAt(rules.quiet, nowMs);
  return { sounds: hasPassed && !isQuiet, nextMs: Math.min(nextMs, checkMs) };
}

/** Nothing sounds until the backlog of a stall is read. */
function withUnread(
  { hasPassed, nextMs }: ReturnType<Announcements["look"]>,
  unreadUntilMs: number,
  nowMs: number,
): ReturnType<Announcements["look"]> {
  if (unreadUntilMs <= nowMs) return { hasPassed, nextMs };
  return { hasPassed: false, nextMs: hasPassed ? unreadUntilMs : Math.max(nextMs, unreadUntilMs) };
}

function quietAt(
  { hours, timeOfDayMs }: NonNullable<BuzzerRules["quiet"]>,
  nowMs: number,
): { readonly isQuiet: boolean; readonly checkMs: number } {
  const nowOfDayMs = timeOfDayMs(nowMs);
  const { fromMinute, toMinute } = hours;
  const quietMs = quietForMs(hours, nowOfDayMs);
  const loudMs = quietForMs({ fromMinute: toMinute, toMinute: fromMinute }, nowOfDayMs);
  const lastsMs = quietMs || loudMs || CHECK_EVERY_MS;
  return { isQuiet: quietMs > 0, checkMs: nowMs + Math.min(lastsMs, CHECK_EVERY_MS) };
}
