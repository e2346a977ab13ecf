/** When the buzzer sounds: for whom, after which wait, and what keeps it quiet. */

import { quietForMs, type QuietHours } from "../config/quiet_hours.ts";
import { quietUntilMs, type Silence } from "./silence.ts";

/** A node that died this often ... */
const FLAP_DEATHS = 3;
/** ... within this time has a longer hold, until it did not die for as long. */
const FLAP_WINDOW_MS = 600_000;
const FLAP_HOLD_MS = 60_000;
/** The calendar may leap: inside and outside of quiet hours it is looked at this often. */
const LOOK_EVERY_MS = 60_000;

export interface BuzzerRules {
  /** How long a node stays dead before it is sounded. */
  readonly holdMs: number;
  /** False: a node that dies often is sounded as soon as any other. True where left out. */
  readonly slowsFlapping?: boolean;
  /** When nobody is sounded, by the time of day (ms since local midnight) of an instant. */
  readonly quiet?: {
    readonly hours: QuietHours;
    readonly timeOfDayMs: (nowMs: number) => number;
  };
}

/** One of the dead for whom the buzzer sounds. */
interface Announced {
  /** When the tracker learned of the death; -Infinity for one that it did not see happen. */
  readonly learnedMs: number;
  /** From when on the buzzer waits. */
  waitsFromMs: number;
  readonly holdMs: number;
}

/** The last deaths of one node, newest last, `FLAP_DEATHS` at most. */
interface Deaths {
  readonly atMs: number[];
  isFlapping: boolean;
}

export interface BuzzerState {
  readonly announced: Map<string, Announced>;
  readonly deaths: Map<string, Deaths>;
  /** It is quiet until then, for the tracker has just not run. */
  unreadUntilMs: number;
}

export function newBuzzer(): BuzzerState {
  return {
    announced: new Map(),
    deaths: new Map(),
    unreadUntilMs: -Infinity,
  };
}

/** What befell a node at `atMs`, as was learned at `learnedMs`. */
interface Blow {
  readonly node: string;
  readonly atMs: number;
  readonly learnedMs: number;
}

/** A node lives on without storage. */
export function announceStorage(
  { announced }: BuzzerState,
  { node, atMs, learnedMs }: Blow,
  { holdMs }: BuzzerRules,
): void {
  announced.set(node, { learnedMs, waitsFromMs: atMs, holdMs });
}

/** A node died. */
export function announce(
  buzzer: BuzzerState,
  { node, atMs, learnedMs }: Blow,
  { holdMs, slowsFlapping = true }: BuzzerRules,
): void {
  const isFlapping = flaps(buzzer, node, atMs) && slowsFlapping;
  buzzer.announced.set(node, {
    learnedMs,
    waitsFromMs: atMs,
    holdMs: isFlapping ? Math.max(holdMs, FLAP_HOLD_MS) : holdMs,
  });
}

/** Notes a death. Whether the node dies too often to be sounded soon. */
function flaps({ deaths }: BuzzerState, node: string, diedMs: number): boolean {
  const known = deaths.get(node) ?? { atMs: [], isFlapping: false };
  deaths.set(node, known);
  if (diedMs - (known.atMs.at(-1) ?? -Infinity) > FLAP_WINDOW_MS) known.isFlapping = false;
  known.atMs.push(diedMs);
  while (diedMs - (known.atMs[0] ?? diedMs) > FLAP_WINDOW_MS) known.atMs.shift();
  known.atMs.splice(0, known.atMs.length - FLAP_DEATHS);
  if (known.atMs.length === FLAP_DEATHS) known.isFlapping = true;
  return known.isFlapping;
}

/** Whoever is dead may have come back while the tracker was blind. */
export function restartHolds({ announced }: BuzzerState, nowMs: number): void {
  for (const node of announced.values()) node.waitsFromMs = nowMs;
}

/** What the buzzer does. */
export interface Sounding {
  readonly sounds: boolean;
  /** When that may change although nothing happens. */
  readonly nextMs: number;
}

export function soundingAt(
  buzzer: BuzzerState,
  { rules, silence, nowMs }: {
    readonly rules: BuzzerRules;
    readonly silence: Silence;
    readonly nowMs: number;
  },
): Sounding {
  let sounds = false;
  let nextMs = Infinity;
  for (const [node, mourned] of buzzer.announced) {
    // After its hold, and after every silence.
    const { learnedMs, waitsFromMs, holdMs } = mourned;
    const silencedMs = quietUntilMs(silence, node, learnedMs);
    const soundMs = Math.max(waitsFromMs + holdMs, silencedMs, buzzer.unreadUntilMs);
    if (soundMs <= nowMs) sounds = true;
    else nextMs = Math.min(nextMs, soundMs);
  }
  if (rules.quiet === undefined || buzzer.announced.size === 0) return { sounds, nextMs };
  const { isQuiet, lookMs } = quietAt(rules.quiet, nowMs);
  return { sounds: sounds && !isQuiet, nextMs: Math.min(nextMs, lookMs) };
}

function quietAt(
  { hours, timeOfDayMs }: NonNullable<BuzzerRules["quiet"]>,
  nowMs: number,
): { readonly isQuiet: boolean; readonly lookMs: number } {
  const nowOfDayMs = timeOfDayMs(nowMs);
  const { fromMinute, toMinute } = hours;
  const quietMs = quietForMs(hours, nowOfDayMs);
  const loudMs = quietForMs({ fromMinute: toMinute, toMinute: fromMinute }, nowOfDayMs);
  const lastsMs = quietMs || loudMs || LOOK_EVERY_MS;
  return { isQuiet: quietMs > 0, lookMs: nowMs + Math.min(lastsMs, LOOK_EVERY_MS) };
}
