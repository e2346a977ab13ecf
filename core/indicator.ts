/** From what a tracker knows to what LED and buzzer do about it. */
import type { Beat, Indication, IndicationKind, Pattern } from "./indication.ts";

/** What a tracker knows, as far as LED and buzzer can tell it. */
export interface IndicatorFacts {
  /** The tracker cannot trust its own view. */
  readonly blind: boolean;
  /** How many nodes are suspect. */
  readonly suspect: number;
  /** How many nodes are dead. */
  readonly dead: number;
  /** A node has been dead for longer than the buzzer waits, and nobody silenced it. */
  readonly buzzing: boolean;
}

/** The buzzer is insistent for this long and a reminder afterwards. */
const INSISTENT_ROUNDS = 12;

const BLINK_PERIOD_MS = 2_000;
const BEEPS_PERIOD_MS = 10_000;
const REMINDER_PERIOD_MS = 60_000;
const TEST_PERIOD_MS = 2_500;
const STEADY_PERIOD_MS = 3_600_000;

const OFF: Pattern = { intro: [], loop: [] };
const STEADY: Pattern = { intro: [], loop: [on(STEADY_PERIOD_MS)] };
const SHORT_BLINK: Pattern = { intro: [], loop: within(BLINK_PERIOD_MS, [on(100)]) };
const DOUBLE_BLINK: Pattern = {
  intro: [],
  loop: within(BLINK_PERIOD_MS, [on(100), off(150), on(100)]),
};
const ONE_HERTZ: Pattern = { intro: [], loop: [on(500), off(500)] };
const THREE_BEEPS: readonly Beat[] = [on(100), off(100), on(100), off(100), on(100)];
const INSISTENT_THEN_REMINDING: Pattern = {
  intro: Array.from({ length: INSISTENT_ROUNDS }, () => within(BEEPS_PERIOD_MS, THREE_BEEPS))
    .flat(),
  loop: within(REMINDER_PERIOD_MS, [on(100)]),
};
const TEST_BEEPS: Pattern = { intro: [], loop: within(TEST_PERIOD_MS, THREE_BEEPS) };

const ALL_WELL: Indication = { kind: "all_well", led: OFF, buzzer: OFF, lamp: OFF };
const BLIND: Indication = { kind: "blind", led: DOUBLE_BLINK, buzzer: OFF, lamp: OFF };
const SUSPECT: Indication = { kind: "suspect", led: SHORT_BLINK, buzzer: OFF, lamp: OFF };
const DEAD: Indication = { kind: "dead", led: ONE_HERTZ, buzzer: OFF, lamp: STEADY };
const DEAD_BUZZING: Indication = {
  kind: "dead_buzzing",
  led: ONE_HERTZ,
  buzzer: INSISTENT_THEN_REMINDING,
  lamp: STEADY,
};

/** The alarm as a rehearsal: LED and buzzer at once, the beeps close enough together for seconds. */
export const TEST_INDICATION: Indication = {
  kind: "test",
  led: ONE_HERTZ,
  buzzer: TEST_BEEPS,
  lamp: STEADY,
};

/**
 * The one indication for all that is known. Blindness comes first: what a blind tracker believes of
 * the others, their deaths too, may have changed since it last saw them.
 */
export function indicate(facts: IndicatorFacts): Indication {
  if (facts.blind) return BLIND;
  if (facts.dead > 0) return facts.buzzing ? DEAD_BUZZING : DEAD;
  if (facts.suspect > 0) return SUSPECT;
  return ALL_WELL;
}

/** What an indication means, for people. */
export function indicationMeaning(kind: IndicationKind): string {
  switch (kind) {
    case "all_well":
      return "all is well";
    case "blind":
      return "no view of the cluster (blind)";
    case "suspect":
      return "a Pi is suspect";
    case "dead":
    case "dead_buzzing":
      return "a Pi is dead";
    case "test":
      return "this is a test";
  }
}

/** What is to be seen and heard, and what it means, in one line for people. */
export function describeIndication(kind: IndicationKind): string {
  return `${appearance(kind)}: ${indicationMeaning(kind)}`;
}

function appearance(kind: IndicationKind): string {
  switch (kind) {
    case "all_well":
      return "LED is off";
    case "blind":
      return "LED blinks twice every 2 s";
    case "suspect":
      return "LED blinks briefly every 2 s";
    case "dead":
      return "LED blinks once a second";
    case "dead_buzzing":
    case "test":
      return "LED blinks once a second, buzzer sounds";
  }
}

/** Where a pattern is at an instant. */
export interface PatternPosition {
  readonly on: boolean;
  /** Milliseconds since the pattern's start at which the level may change next; undefined: never. */
  readonly nextMs: number | undefined;
}

/** A pattern's level at an instant since its start: a late caller skips what he missed. */
export function patternAt(pattern: Pattern, elapsedMs: number): PatternPosition {
  const introMs = lengthMs(pattern.intro);
  const loopMs = lengthMs(pattern.loop);
  if (elapsedMs < introMs) return beatAt(pattern.intro, elapsedMs, 0);
  if (loopMs === 0) return { on: false, nextMs: undefined };
  const roundMs = introMs + Math.floor((elapsedMs - introMs) / loopMs) * loopMs;
  return beatAt(pattern.loop, elapsedMs, roundMs);
}

function beatAt(beats: readonly Beat[], elapsedMs: number, startMs: number): PatternPosition {
  let nextMs = startMs;
  for (const beat of beats) {
    nextMs += beat.ms;
    if (elapsedMs < nextMs) return { on: beat.on, nextMs };
  }
  return { on: false, nextMs };
}

/** True when two patterns play the same, so that the one that plays need not start anew. */
export function samePattern(a: Pattern, b: Pattern): boolean {
  return sameBeats(a.intro, b.intro) && sameBeats(a.loop, b.loop);
}

function sameBeats(a: readonly Beat[], b: readonly Beat[]): boolean {
  return a.length === b.length &&
    a.every((beat, index) => beat.on === b[index]?.on && beat.ms === b[index].ms);
}

function lengthMs(beats: readonly Beat[]): number {
  return beats.reduce((sum, beat) => sum + beat.ms, 0);
}

/** The beats, and silence until the period is over. */
function within(periodMs: number, beats: readonly Beat[]): readonly Beat[] {
  return [...beats, off(periodMs - lengthMs(beats))];
}

function on(ms: number): Beat {
  return { on: true, ms };
}

function off(ms: number): Beat {
  return { on: false, ms };
}
