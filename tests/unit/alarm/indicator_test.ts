/** What LED and buzzer show for each fact, and the level of each pattern at an instant. */
import assert from "node:assert/strict";
import type { IndicationKind } from "../../../core/alarm/indication.ts";
import {
  describeIndication,
  indicate,
  INDICATIONS,
  type IndicatorFacts,
  TEST_INDICATION,
} from "../../../core/alarm/indicator.ts";
import { patternAt, samePattern } from "../../../core/alarm/pattern.ts";
import { patternScore as play } from "../../support/detection/pattern_score.ts";

const ALL_WELL: IndicatorFacts = { blind: false, suspect: 0, dead: 0, buzzing: false };
const MINUTE_MS = 60_000;
/** A day: long enough to reveal rounding errors. */
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Each fact by itself, the most important first, in the documented order. */
const FACTS: readonly [IndicationKind, Partial<IndicatorFacts>][] = [
  ["test", { test: true }],
  ["blind", { blind: true }],
  ["dead_buzzing", { dead: 1, buzzing: true }],
  ["dead", { dead: 1 }],
  ["hub_dead", { hubDead: true }],
  ["suspect", { suspect: 1 }],
];

Deno.test("of each pair of facts the more important one is shown", () => {
  for (const [first, [kind, facts]] of FACTS.entries()) {
    assert.equal(indicate({ ...ALL_WELL, ...facts }).kind, kind);
    for (const [lesser, others] of FACTS.slice(first)) {
      const both = indicate({ ...ALL_WELL, ...others, ...facts });
      assert.equal(both.kind, kind, `${kind} before ${lesser}`);
    }
  }
  assert.equal(indicate(ALL_WELL).kind, "all_well");
  // The buzzer sounds without a death only because of one that has ended.
  assert.equal(indicate({ ...ALL_WELL, buzzing: true }).kind, "all_well");
});

Deno.test("the table has the order of importance", () => {
  assert.deepEqual(Object.keys(INDICATIONS), [...FACTS.map(([kind]) => kind), "all_well"]);
});

Deno.test("the lamp is steadily on while a node is dead, whatever else is true", () => {
  const isOn = (facts: Partial<IndicatorFacts>) => {
    const { lamp } = indicate({ ...ALL_WELL, ...facts });
    const score = play(lamp, DAY_MS);
    assert.ok(score === "" || score === "1@0", "a relay does not blink");
    return score !== "";
  };
  for (const [, facts] of FACTS) assert.ok(isOn({ ...facts, dead: 1 }));
  assert.ok(isOn({ test: true }), "a test tests the lamp");
  for (const [, facts] of FACTS.slice(1)) assert.ok(!isOn({ ...facts, dead: 0 }));
});

Deno.test("indicator blinks three times every 3 s for a dead hub, without a sound", () => {
  const { led, buzzer } = indicate({ ...ALL_WELL, hubDead: true });
  assert.equal(play(led, 3_050), "1@0 0@100 1@250 0@350 1@500 0@600 1@3000");
  assert.equal(play(buzzer, DAY_MS), "");
});

Deno.test("indicator is dark and silent while all is well", () => {
  const { led, buzzer } = indicate(ALL_WELL);
  assert.deepEqual(patternAt(led, 0), { on: false, nextMs: undefined });
  assert.deepEqual(patternAt(buzzer, 0), { on: false, nextMs: undefined });
});

Deno.test("indicator blinks shortly every 2 s for a suspect node, without a sound", () => {
  const { led, buzzer } = indicate({ ...ALL_WELL, suspect: 1 });
  assert.equal(play(led, 4_500), "1@0 0@100 1@2000 0@2100 1@4000 0@4100");
  assert.equal(play(buzzer, DAY_MS), "");
});

Deno.test("indicator blinks at 1 Hz for a dead node, without a sound yet", () => {
  const { led, buzzer } = indicate({ ...ALL_WELL, dead: 1 });
  assert.equal(play(led, 2_600), "1@0 0@500 1@1000 0@1500 1@2000 0@2500");
  assert.equal(play(buzzer, DAY_MS), "");
});

Deno.test("indicator blinks twice every 2 s while blind, without a sound", () => {
  const { led, buzzer } = indicate({ ...ALL_WELL, blind: true, dead: 1, buzzing: true });
  assert.equal(play(led, 2_400), "1@0 0@100 1@250 0@350 1@2000 0@2100 1@2250 0@2350");
  assert.equal(play(buzzer, DAY_MS), "");
});

Deno.test("buzzer beeps three times every 10 s for 2 minutes, then once a minute", () => {
  const { led, buzzer } = indicate({ ...ALL_WELL, dead: 1, buzzing: true });
  assert(samePattern(led, indicate({ ...ALL_WELL, dead: 1 }).led), "the LED plays on");
  const rounds = Array.from({ length: 12 }, (_, round) => round * 10_000);
  const insistent = rounds.flatMap((at) => [
    ...[`1@${at}`, `0@${at + 100}`, `1@${at + 200}`],
    ...[`0@${at + 300}`, `1@${at + 400}`, `0@${at + 500}`],
  ]);
  assert.equal(play(buzzer, 2 * MINUTE_MS), insistent.join(" "));
  assert.equal(play(buzzer, 4 * MINUTE_MS, 2 * MINUTE_MS), "1@120000 0@120100 1@180000 0@180100");
  assert.equal(play(buzzer, DAY_MS + 1_000, DAY_MS), `1@${DAY_MS} 0@${DAY_MS + 100}`);
});

Deno.test("the hardware test sounds the buzzer more than once within 5 s", () => {
  assert.match(play(TEST_INDICATION.buzzer, 5_000), /1@2500 0@2600/);
  assert.match(play(TEST_INDICATION.led, 5_000), /^1@0 0@500 1@1000/);
});

Deno.test("each indication has its own text", () => {
  const kinds = [...FACTS.map(([kind]) => kind), "all_well" as const];
  assert.equal(new Set(kinds.map(describeIndication)).size, kinds.length);
  assert.equal(
    describeIndication("dead_buzzing"),
    "LED blinks once a second, buzzer sounds: a Pi is down",
  );
  assert.equal(describeIndication("all_well"), "LED is off: all is well");
});
