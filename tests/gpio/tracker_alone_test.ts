/** A tracker on a simulated Pi still alarms when hub or broker are dead, and says that they are. */
import assert from "node:assert/strict";
import { startHub } from "../support/program/programs.ts";
import { NEVER_LATE } from "../support/program/detection_times.ts";
import type { Guest } from "./guest.ts";
import { BUZZER, LAMP, LED } from "./indicate.ts";
import {
  DOUBLE_BLINK,
  edges,
  ONE_HERTZ,
  playsAtLast,
  THREE_BEEPS,
  TRIPLE_BLINK,
} from "./played.ts";
import { CHIP, IS_DEAD, IS_WELL, isDark, knows, TrackerScenario } from "./tracker_scenario.ts";

const SELF = "tyrion-lannister";
const NODES = ["john-snow", "arya-stark"];
/** A hub that is restarted shows nothing. */
const HUB_HOLD_S = 10;
/** Two clocks are compared, the guest's through the host's. */
const CLOCKS_S = 0.5;

Deno.test("tracker whose hub, and then broker, is dead", async (t) => {
  await using fixture = await TrackerScenario.open("trixie", {
    [SELF]: {
      cluster: { nodes: NODES.join(", "), ...NEVER_LATE },
      rpi: { led: LED, buzzer: BUZZER, lamp: LAMP, buzzer_hold: "2s" },
    },
  });
  const { guest, broker } = fixture;
  await using hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none" },
    sms: { provider: "print" },
  });
  await hub.untilSeeing();
  await using john = await fixture.agent("john-snow");
  await using arya = await fixture.agent("arya-stark");
  await using tracker = await fixture.tracker(SELF);
  await knows(tracker, NODES);
  await isDark({ guest, tracker });

  await t.step("three short blinks tell that the hub was killed, after its hold", async () => {
    const since = await guest.now();
    await hub.kill();
    const waitedS = await playsAtLast(guest, { line: LED, since, pattern: TRIPLE_BLINK }) - since;
    assert(waitedS >= HUB_HOLD_S - CLOCKS_S, `it waited only ${waitedS.toFixed(1)} s`);
    await isQuiet(guest, since);
  });
  await t.step("it alarms without the hub for a Pi that dies then", async () => {
    const since = await guest.now();
    await john.kill();
    await playsAtLast(guest, { line: LED, since, pattern: ONE_HERTZ });
    await playsAtLast(guest, { line: BUZZER, since, pattern: THREE_BEEPS });
    assert.equal(await guest.level(LAMP, CHIP), 1, "the lamp is on");
  });
  await t.step("when that Pi is back the hub is still dead", async () => {
    const said = tracker.output.length;
    await john.start();
    await tracker.said(/LED blinks three times every 3 s: the hub is down/, said);
    const since = await guest.now();
    await playsAtLast(guest, { line: LED, since, pattern: TRIPLE_BLINK });
    await isQuiet(guest, since);
  });
  await t.step("it is dark when the hub is back", async () => {
    const said = tracker.output.length;
    await hub.start();
    await tracker.said(IS_WELL, said);
    await isDark({ guest, tracker });
  });
  await t.step("a killed broker silences the buzzer and leaves the lamp on", async () => {
    await arya.kill();
    const since = await guest.now();
    await playsAtLast(guest, { line: BUZZER, since, pattern: THREE_BEEPS });
    const said = tracker.output.length;
    await broker.stop("SIGKILL");
    await tracker.said(/LED blinks twice every 2 s: no view of the cluster/, said);
    const blindS = await guest.now();
    await playsAtLast(guest, { line: LED, since: blindS, pattern: DOUBLE_BLINK });
    assert.deepEqual(edges(guest, BUZZER, blindS), [], "the buzzer is silent");
    assert.equal(await guest.level(LAMP, CHIP), 1, "the lamp is on");
  });
  await t.step("all is well when broker and Pi are back, and nobody was blamed", async () => {
    const said = tracker.output.length;
    await broker.start();
    await arya.start();
    await tracker.said(IS_WELL, said);
    await isDark({ guest, tracker });
    const deaths = tracker.output.split("\n").filter((line) => line.includes("a node died"));
    const blamed = deaths.map((line) => /node=(\S+)/.exec(line)?.[1]);
    assert.deepEqual(blamed, ["john-snow", "arya-stark"]);
    assert.match(tracker.output, IS_DEAD);
  });
});

/** Buzzer and lamp have done nothing since. */
async function isQuiet(guest: Guest, since: number): Promise<void> {
  assert.deepEqual(edges(guest, BUZZER, since), [], "the buzzer is silent");
  assert.equal(await guest.level(LAMP, CHIP), 0, "the lamp is off");
}
