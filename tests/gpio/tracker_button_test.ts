/** The button of a simulated Pi: a press silences every Pi's buzzer, a long one tests its own alarm. */
import assert from "node:assert/strict";
import { type HeardMessage, TestClient } from "../support/broker/mqtt_client.ts";
import type { TestProgram } from "../support/program/programs.ts";
import { scaled, slowness } from "../support/time/patience.ts";
import { NEVER_LATE } from "../support/program/detection_times.ts";
import type { Guest, GuestProgram, Press, Userland } from "./guest.ts";
import { BUZZER, LAMP, LED } from "./indicate.ts";
import { BUTTON } from "./lines.ts";
import { edges, haltedS, ONE_HERTZ, playsAtLast, THREE_BEEPS } from "./played.ts";
import { CHIP, IS_WELL, isDark, isOff, knows, TrackerScenario } from "./tracker_scenario.ts";

const OWN = "tyrion-lannister";
const OTHER = "cersei-lannister";
const NODES = ["john-snow", "arya-stark"];
/** Another Pi of the cluster is another program, on other lines of the same chip. */
const OTHER_LED = 5;
const OTHER_BUZZER = 6;
const BUZZERS = [BUZZER, OTHER_BUZZER];

const IS_TEST = /this is a test/;

const ALARM_TOPIC = "rpi-cluster/v1/alarm";
const SILENCE_MS = 24 * 3_600_000;

/** The whole cluster is to be silent so long after the button was released, in a guest that runs. */
const SILENT_WITHIN_S = slowness();
/** A buzzer that sounds begins anew each 10 s. */
const ROUND_S = 10;
/** After the last round began, so that the next is due soon after the cluster has to be silent. */
const PRESS_AFTER_S = 8;
/** Long enough for a guest that waits for the host, which else sees no press. */
const SHORT_MS = Math.min(scaled(200), 1_000);
/** More than the 3 s that make a press a long one. */
const LONG_MS = 3_500;
const LONG_S = 3;
const TEST_S = 5;
/** What the emulated program may be late by, beside what the guest was halted for. */
const LATE_S = slowness();

interface Fixture {
  readonly fixture: TrackerScenario;
  readonly guest: Guest;
  readonly trackers: readonly GuestProgram[];
  readonly ear: TestClient;
}

Deno.test("button of a tracker, with libgpiod 1.6", async (t) => {
  await withFixture("bookworm", async (all, [john, arya]) => {
    const { guest } = all;
    await t.step("a short press silences the buzzers of all Pis within a second", async () => {
      await dies(all, john);
      const press = await pressInTime(guest);
      await staysSilent(guest, press);
      await isSaid(all);
    });
    await t.step("LED and lamp go on", async () => {
      const since = await guest.now();
      for (const line of [LED, OTHER_LED]) {
        await playsAtLast(guest, { line, since, pattern: ONE_HERTZ });
      }
      assert.equal(await guest.level(LAMP, CHIP), 1, "the lamp is on");
    });
    await t.step("who dies afterwards sounds again, everywhere", () => dies(all, arya));
    await t.step("a long press tests the alarm of this Pi alone, for 5 s", async () => {
      const marks = all.trackers.map(({ output }) => output.length);
      await Promise.all([john.start(), arya.start()]);
      for (const [index, tracker] of all.trackers.entries()) {
        await tracker.said(IS_WELL, marks[index]);
      }
      await testsAlarm(all);
    });
    await t.step("both end dark", () => endDark(all));
  });
});

Deno.test("button of a tracker, with libgpiod 2.2", async (t) => {
  await withFixture("trixie", async (all) => {
    await t.step("a short press is said to the cluster", async () => {
      await all.guest.press(BUTTON, SHORT_MS);
      await isSaid(all);
    });
    await t.step("a long press tests the alarm", () => testsAlarm(all));
    await t.step("both end dark", () => endDark(all));
  });
});

/** Two Pis on the host, and two trackers in the guest, which see them. */
async function withFixture(
  userland: Userland,
  tell: (fixture: Fixture, pis: readonly [TestProgram, TestProgram]) => Promise<void>,
): Promise<void> {
  const cluster = { nodes: NODES.join(", "), ...NEVER_LATE };
  const wiring = { led: LED, buzzer: BUZZER, lamp: LAMP, button: BUTTON };
  await using fixture = await TrackerScenario.open(userland, {
    [OWN]: { cluster, rpi: { ...wiring, buzzer_hold: "2s" } },
    [OTHER]: { cluster, rpi: { led: OTHER_LED, buzzer: OTHER_BUZZER, buzzer_hold: "2s" } },
  });
  const { guest } = fixture;
  await guest.pull(BUTTON, "up");
  await using john = await fixture.agent("john-snow");
  await using arya = await fixture.agent("arya-stark");
  await using ear = await TestClient.connect({ port: fixture.broker.port });
  await ear.subscribe(ALARM_TOPIC, 1);
  await using own = await fixture.tracker(OWN);
  await using other = await fixture.tracker(OTHER);
  const trackers = [own, other];
  for (const tracker of trackers) await knows(tracker, NODES);
  await tell({ fixture, guest, trackers, ear }, [john, arya]);
}

/** A Pi dies, and both buzzers sound. */
async function dies({ guest }: Fixture, pi: TestProgram): Promise<void> {
  const since = await guest.now();
  await pi.kill();
  for (const line of BUZZERS) await playsAtLast(guest, { line, since, pattern: THREE_BEEPS });
}

/** Presses the button when a round of both buzzers is due soon. */
async function pressInTime(guest: Guest): Promise<Press> {
  const begun = BUZZERS.map((line) => lastRound(guest, line));
  await sees(guest, Math.max(...begun) + PRESS_AFTER_S);
  return await guest.press(BUTTON, SHORT_MS);
}

/** When the last beeps of a buzzer began. */
function lastRound(guest: Guest, line: number): number {
  const beeps = edges(guest, line, 0).filter(({ level }) => level);
  const first = beeps.findLast(({ t }, index) => t - (beeps[index - 1]?.t ?? -Infinity) > 1);
  assert(first !== undefined, `line ${line} has beeped`);
  return first.t;
}

/** From a second after the release on nobody beeps, for more than a round. */
async function staysSilent(guest: Guest, { released: [, releasedS] }: Press): Promise<void> {
  const dueS = releasedS + SILENT_WITHIN_S;
  await sees(guest, dueS + 2 * ROUND_S);
  const halts = [LED, OTHER_LED].map((line) =>
    haltedS(guest, { line, since: releasedS, until: dueS })
  );
  const since = dueS + Math.max(...halts);
  for (const line of BUZZERS) {
    assert.deepEqual(edges(guest, line, since).filter(({ level }) => level), []);
  }
}

/** Waits until the LED, which blinks, was set at that instant of the guest's clock or later. */
async function sees(guest: Guest, atS: number): Promise<void> {
  await guest.event(
    ({ t, kind, line }) => t >= atS && kind === "set" && line === LED,
    "a blink of the LED",
  );
}

/** The silence is on the topic, as the protocol has it, for all and for who comes later. */
async function isSaid({ fixture, ear }: Fixture): Promise<void> {
  const isIt = ({ topic }: HeardMessage) => topic === ALARM_TOPIC;
  const { payload } = await ear.heard("the silence", isIt);
  const said: Readonly<Record<string, unknown>> = JSON.parse(payload);
  assert.deepEqual(Object.keys(said).toSorted(), ["at", "node", "silenced_until", "since"]);
  const [at, until, since] = [said.at, said.silenced_until, said.since].map((instant) => {
    assert.match(String(instant), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return Date.parse(String(instant));
  });
  assert(at !== undefined && until !== undefined && since !== undefined);
  assert.equal(until - since, SILENCE_MS);
  assert(at >= since, "said after the press");
  await using late = await TestClient.connect({ port: fixture.broker.port });
  await late.subscribe(ALARM_TOPIC, 1);
  const kept = await late.heard("the kept silence", isIt);
  assert.deepEqual([kept.retained, kept.payload], [true, payload]);
}

async function testsAlarm({ guest, trackers: [tracker, other], ear }: Fixture): Promise<void> {
  assert(tracker && other);
  const heard = ear.messages.length;
  const said = other.output.length;
  const before = await guest.now();
  const { pressed: [since, latest], released: [, until] } = await guest.press(BUTTON, LONG_MS);
  await guest.event(
    ({ t, kind, line, value }) => t >= until && kind === "set" && line === LAMP && value === "0",
    "the end of the test",
  );
  const [lit, dark, ...more] = edges(guest, LAMP, since);
  assert(lit?.level && dark && !dark.level);
  assert.deepEqual(more, [], "a relay is not worn out");
  // It begins while the button is still held, and nobody had to let go of it. A guest that is halted
  // meanwhile makes both late, by no more than its LED skips.
  const halted = haltedS(guest, { line: LED, since: lit.t, until: dark.t }) + LATE_S;
  assert(lit.t >= since + LONG_S && lit.t <= latest + LONG_S + halted, `${lit.t - since}`);
  assert(Math.abs(dark.t - lit.t - TEST_S) < halted, `it lasted ${dark.t - lit.t} s`);
  // Once in each second that it lasted, and two rounds of three beeps; one more may just have begun
  // when it ended, and a halted guest skips some. The patterns are held to their time elsewhere.
  const blinks = Math.ceil(dark.t - lit.t);
  for (const [line, usual] of [[LED, blinks], [BUZZER, 6]] as const) {
    const played = edges(guest, line, since);
    const count = played.filter(({ level }) => level).length;
    const all: string[] = played.map(({ t, level }): string =>
      `${(t - lit.t).toFixed(2)}:${level ? "on" : "off"}`
    );
    assert(count >= usual / 2 && count <= usual + 1, `line ${line}, ${count} of ${usual}: ${all}`);
  }
  await isDark({ guest, tracker });
  assert.doesNotMatch(other.output.slice(said), IS_TEST, "a test is nobody else's");
  assert.deepEqual(edges(guest, OTHER_BUZZER, before), []);
  assert.equal(ear.messages.length, heard, "no buzzer is silenced");
}

async function endDark({ guest, trackers }: Fixture): Promise<void> {
  for (const tracker of trackers) {
    await tracker.signal("TERM");
    assert.equal(await tracker.end(), 0, tracker.output);
  }
  await isOff(guest);
  for (const line of [OTHER_LED, OTHER_BUZZER]) assert.equal(await guest.level(line, CHIP), 0);
}
