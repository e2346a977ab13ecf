/** Selects what LED, buzzer and lamp show for the facts that a tracker knows. */
import type { Indication, IndicationKind, Pattern } from "./indication.ts";
import { off, on, repeated, within } from "./pattern.ts";

/** The facts that a tracker's outputs can show. */
export interface IndicatorFacts {
  /** A person tests the alarm. */
  readonly test?: boolean;
  /** The tracker cannot trust its own view. */
  readonly blind: boolean;
  /** The number of suspect nodes. */
  readonly suspect: number;
  /**
   * The number of nodes that are dead or have no storage, or were so when the tracker went blind.
   */
  readonly dead: number;
  /** A node has been dead for longer than the buzzer's hold, and nobody silenced it. */
  readonly buzzing: boolean;
  /** There is a hub, and it is dead. */
  readonly hubDead?: boolean;
}

/**
 * One output in one indication: its pattern, and the words that describe it after the output's
 * name.
 */
export interface Part {
  readonly words: string;
  readonly pattern: Pattern;
}

/** One row of the table of indications. */
export interface IndicationRow {
  readonly led: Part;
  readonly buzzer: Part;
  readonly lamp: Part;
  /** The meaning of the indication, for people. */
  readonly meaning: string;
}

/** The buzzer is insistent for this many rounds, and beeps as a reminder afterwards. */
const INSISTENT_ROUNDS = 12;

const BLINK_PERIOD_MS = 2_000;
const TRIPLE_PERIOD_MS = 3_000;
const BEEPS_PERIOD_MS = 10_000;
const REMINDER_PERIOD_MS = 60_000;
const TEST_PERIOD_MS = 2_500;
const STEADY_PERIOD_MS = 3_600_000;

const OFF: Pattern = { intro: [], loop: [] };
const STEADY: Pattern = { intro: [], loop: [on(STEADY_PERIOD_MS)] };
const THREE_BEEPS = repeated(3, 100, 100);

const LED_OFF: Part = { words: "is off", pattern: OFF };
const SHORT_BLINK: Part = {
  words: "blinks briefly every 2 s",
  pattern: blinks(1, BLINK_PERIOD_MS),
};
const DOUBLE_BLINK: Part = { words: "blinks twice every 2 s", pattern: blinks(2, BLINK_PERIOD_MS) };
const TRIPLE_BLINK: Part = {
  words: "blinks three times every 3 s",
  pattern: blinks(3, TRIPLE_PERIOD_MS),
};
const ONE_HERTZ: Part = {
  words: "blinks once a second",
  pattern: { intro: [], loop: [on(500), off(500)] },
};

const SILENT: Part = { words: "is silent", pattern: OFF };
const INSISTENT_THEN_REMINDING: Part = {
  words: "beeps three times every 10 s, after 2 minutes once a minute",
  pattern: {
    intro: Array.from({ length: INSISTENT_ROUNDS }, () => within(BEEPS_PERIOD_MS, THREE_BEEPS))
      .flat(),
    loop: within(REMINDER_PERIOD_MS, [on(100)]),
  },
};
/** Frequent enough for a test of a few seconds. */
const TEST_BEEPS: Part = {
  words: "beeps three times every 2.5 s",
  pattern: { intro: [], loop: within(TEST_PERIOD_MS, THREE_BEEPS) },
};

const LAMP_OFF: Part = { words: "is off", pattern: OFF };
const LAMP_AS_BEFORE: Part = { words: "is on if a Pi was down before", pattern: OFF };
const LAMP_ON: Part = { words: "is on", pattern: STEADY };

/** All indications, the most important first. Only the first one that is true is shown. */
export const INDICATIONS: Readonly<Record<IndicationKind, IndicationRow>> = {
  test: { led: ONE_HERTZ, buzzer: TEST_BEEPS, lamp: LAMP_ON, meaning: "this is a test" },
  blind: {
    led: DOUBLE_BLINK,
    buzzer: SILENT,
    lamp: LAMP_AS_BEFORE,
    meaning: "no view of the cluster (blind)",
  },
  dead_buzzing: {
    led: ONE_HERTZ,
    buzzer: INSISTENT_THEN_REMINDING,
    lamp: LAMP_ON,
    meaning: "a Pi is down",
  },
  dead: { led: ONE_HERTZ, buzzer: SILENT, lamp: LAMP_ON, meaning: "a Pi is down" },
  hub_dead: {
    led: TRIPLE_BLINK,
    buzzer: SILENT,
    lamp: LAMP_OFF,
    meaning: "the hub is down, and nobody is notified",
  },
  suspect: { led: SHORT_BLINK, buzzer: SILENT, lamp: LAMP_OFF, meaning: "a Pi is late" },
  all_well: { led: LED_OFF, buzzer: SILENT, lamp: LAMP_OFF, meaning: "all is well" },
};

/** The indication of a hardware test: all outputs are on. */
export const TEST_INDICATION: Indication = indicate({
  test: true,
  blind: false,
  suspect: 0,
  dead: 0,
  buzzing: false,
});

/** The one indication for all facts. */
export function indicate(facts: IndicatorFacts): Indication {
  const kind = kindOf(facts);
  const { led, buzzer, lamp } = INDICATIONS[kind];
  // A relay wears out, so a lamp that is on for a death stays on, even if the LED shows more.
  const lampPattern = facts.dead > 0 ? STEADY : lamp.pattern;
  return { kind, led: led.pattern, buzzer: buzzer.pattern, lamp: lampPattern };
}

/**
 * Blindness has priority over everything that a blind tracker believes, deaths included, because it
 * may have changed since. A node's death has priority over the hub's: the hub's death means that
 * nobody gets a message, but a person who sees the LED knows already.
 */
function kindOf({ test, blind, suspect, dead, buzzing, hubDead }: IndicatorFacts): IndicationKind {
  if (test) return "test";
  if (blind) return "blind";
  if (dead > 0) return buzzing ? "dead_buzzing" : "dead";
  if (hubDead) return "hub_dead";
  return suspect > 0 ? "suspect" : "all_well";
}

/** The meaning of an indication, for people. */
export function indicationMeaning(kind: IndicationKind): string {
  return INDICATIONS[kind].meaning;
}

/** The signals of an indication and its meaning, in one line for people. */
export function describeIndication(kind: IndicationKind): string {
  const { led, buzzer, meaning } = INDICATIONS[kind];
  const sound = buzzer === SILENT ? "" : ", buzzer sounds";
  return `LED ${led.words}${sound}: ${meaning}`;
}

function blinks(count: number, periodMs: number): Pattern {
  return { intro: [], loop: within(periodMs, repeated(count, 100, 150)) };
}
