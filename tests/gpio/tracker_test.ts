/** The compiled tracker on a simulated Pi: a real broker, real agents, and lines that really change. */
import assert from "node:assert/strict";
import { isInTime } from "../support/time/patience.ts";
import { NEVER_LATE } from "../support/program/detection_times.ts";
import type { Guest } from "./guest.ts";
import { BUZZER, LAMP, LED } from "./indicate.ts";
import {
  DOUBLE_BLINK,
  edges,
  haltedS,
  hasPlayed,
  inOneOf,
  ONE_HERTZ,
  playsAtLast,
  THREE_BEEPS,
} from "./played.ts";
import {
  changesTo,
  CHIP,
  IS_DEAD,
  IS_WELL,
  isDark,
  isOff,
  knows,
  TrackerScenario,
} from "./tracker_scenario.ts";

const SELF = "tyrion-lannister";
const NODES = ["john-snow", "arya-stark"];
const BUZZER_HOLD_MS = 2_000;
/** What the emulated program may be late by. */
const LATE_MS = 300;

Deno.test("tracker on a Pi", async (t) => {
  await using fixture = await TrackerScenario.open("bookworm", {
    [SELF]: {
      cluster: { nodes: NODES.join(", "), ...NEVER_LATE },
      rpi: { lamp: LAMP, buzzer_hold: `${BUZZER_HOLD_MS}ms` },
    },
  });
  const { guest, broker } = fixture;
  await using john = await fixture.agent("john-snow");
  await using arya = await fixture.agent("arya-stark");
  await using tracker = await fixture.tracker(SELF);

  await t.step("is dark when every Pi is up", async () => {
    await knows(tracker, NODES);
    await isDark({ guest, tracker });
  });
  await t.step("blinks when a Pi dies, and buzzes when it stays dead", async () => {
    const since = await guest.now();
    await john.kill();
    await playsAtLast(guest, { line: LED, since, pattern: ONE_HERTZ });
    await playsAtLast(guest, { line: BUZZER, since, pattern: THREE_BEEPS });
    waitsWithBuzzer(guest, since);
    assert.equal(await guest.level(LAMP, CHIP), 1, "the lamp is on");
  });
  await t.step("is dark and silent when the Pi is back", async () => {
    const said = tracker.output.length;
    await john.start();
    await tracker.said(IS_WELL, said);
    await isDark({ guest, tracker });
  });
  await t.step("blinks twice while it sees no broker, and blames nobody", async () => {
    const said = tracker.output.length;
    const since = await guest.now();
    await broker.stop();
    await playsAtLast(guest, { line: LED, since, pattern: DOUBLE_BLINK });
    const back = tracker.output.length;
    await broker.start();
    await tracker.said(IS_WELL, back);
    assert.deepEqual(edges(guest, BUZZER, since), [], "the buzzer is silent");
    assert.doesNotMatch(tracker.output.slice(said), IS_DEAD);
  });
  await t.step("is dark after SIGTERM, whatever it showed", async () => {
    const since = await guest.now();
    await arya.kill();
    await changesTo(guest, { line: LAMP, since, value: "1" });
    await tracker.signal("TERM");
    assert.equal(await tracker.end(), 0);
    await isOff(guest);
  });
  await t.step("plays the alarm as a test on request", async () => {
    await inOneOf(3, async () => {
      const since = await guest.now();
      await using test = await fixture.tracker(SELF, ["test"]);
      assert.equal(await test.end(), 0);
      await isOff(guest);
      assert(hasPlayed(guest, { line: LED, since, pattern: ONE_HERTZ }), "the LED's pattern");
      assert(hasPlayed(guest, { line: BUZZER, since, pattern: THREE_BEEPS }), "the buzzer's");
    });
  });
});

/** The LED's even blinking begins first, the buzzer as long after it as configured. */
function waitsWithBuzzer(guest: Guest, since: number): void {
  const led = edges(guest, LED, since);
  const steady = led.find((edge, index) => {
    const next = led[index + 1];
    return edge.level && next !== undefined && next.t - edge.t > 0.4;
  });
  const beep = edges(guest, BUZZER, since)[0];
  assert(steady && beep);
  const waitedMs: number = (beep.t - steady.t) * 1_000;
  const haltedMs = haltedS(guest, { line: LED, since: steady.t, until: beep.t }) * 1_000;
  const found = `it waited ${waitedMs.toFixed(0)} ms, halted for ${haltedMs.toFixed(0)} ms`;
  // A guest that was halted set the LED late, or has the buzzer wait.
  assert(isInTime(Math.abs(waitedMs - BUZZER_HOLD_MS) - haltedMs, LATE_MS), found);
}
