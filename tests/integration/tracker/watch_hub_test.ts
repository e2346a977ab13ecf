/**
 * A tracker that learns from the hub how the Pis are: real broker, hub, agents and trackers, which
 * log what they would show.
 */

import assert from "node:assert/strict";
import {
  changesOf,
  deathsIn,
  MOSQUITTO,
  ROOT,
  type TestCluster,
} from "../../support/program/cluster.ts";
import type { TestProgram } from "../../support/program/programs.ts";
import { testWithBrokers } from "../../support/time/together.ts";

const BY_HUB = { cluster: { watch: "hub" }, rpi: { buzzer_hold: "0s" } };
const WELL = "LED is off: all is well";
const SOUNDS = "LED blinks once a second, buzzer sounds: a Pi is down";
const BLIND = "LED blinks twice every 2 s";
const FROM_HUB = "learns from the hub how the Pis are";
const FROM_ALL = "hears every Pi by itself";
/** A hub is relied on after 30 s. */
const DEADLINE = { withinMs: 60_000 };

/** Waits for a line that follows a deed. */
async function follows(
  { process }: TestProgram,
  what: string,
  deed: () => Promise<unknown>,
): Promise<void> {
  const from = process.lines.length;
  await deed();
  await process.line(what, { from, ...DEADLINE });
}

/** A tracker that relies on the hub, with these nodes alive. */
async function relying(
  cluster: TestCluster,
  ids: readonly string[],
): Promise<{ readonly tracker: TestProgram; readonly agents: readonly TestProgram[] }> {
  const agents = await Promise.all(ids.map((id) => cluster.agent(id)));
  const tracker = await cluster.tracker("sansa", { config: BY_HUB });
  await tracker.process.line(FROM_HUB, DEADLINE);
  return { tracker, agents };
}

testWithBrokers(
  "the hub's verdicts reach LED and buzzer, and no other Pi is heard",
  async (broker) => {
    await using cluster = await broker.start();
    const { tracker, agents: [bran] } = await relying(cluster, ["bran", "arya"]);
    await follows(tracker, SOUNDS, async () => await bran?.kill());
    await follows(tracker, WELL, async () => await bran?.start());
    assert.deepEqual(changesOf(tracker, "arya"), []);
    assert.ok(!tracker.process.lines.some((line) => line.includes(FROM_ALL)));
  },
);

Deno.test("a Pi that dies together with the hub is found by the tracker, and by nobody else", async () => {
  await using cluster = await MOSQUITTO.start();
  const { tracker, agents: [bran] } = await relying(cluster, ["bran", "arya"]);
  await follows(tracker, SOUNDS, async () => {
    await cluster.hub.kill();
    await bran?.kill();
  });
  assert.ok(
    tracker.process.lines.some((line) => line.includes(`${FROM_ALL} reason="the hub is gone"`)),
  );
  assert.equal(deathsIn(tracker).length, 1);
  await follows(tracker, FROM_HUB, () => cluster.hub.start());
  // The hub found the same death, and nothing has changed.
  assert.equal(deathsIn(tracker).length, 1);
  await follows(tracker, WELL, async () => await bran?.start());
});

Deno.test("a hub that hangs is noticed by its silence, and nobody else counts as dead", async () => {
  await using cluster = await MOSQUITTO.start();
  const { tracker, agents: [bran] } = await relying(cluster, ["bran", "arya"]);
  await follows(tracker, FROM_ALL, async () => {
    await Promise.resolve(cluster.hub.process.signal("SIGSTOP"));
  });
  await follows(tracker, SOUNDS, async () => await bran?.kill());
  assert.equal(deathsIn(tracker).length, 1);
  cluster.hub.process.signal("SIGCONT");
});

Deno.test("a restart of the broker changes no source, and a death meanwhile is shown", async () => {
  await using cluster = await MOSQUITTO.start();
  const { tracker, agents: [bran] } = await relying(cluster, ["bran", "arya"]);
  await follows(tracker, BLIND, () => cluster.mosquitto.stop());
  await follows(tracker, SOUNDS, async () => {
    await bran?.kill();
    await cluster.mosquitto.start();
  });
  assert.equal(deathsIn(tracker).length, 1);
});

Deno.test("garbage and a forged view in place of the hub's are no deaths and hide none", async () => {
  await using cluster = await MOSQUITTO.start();
  const { tracker, agents: [bran] } = await relying(cluster, ["bran", "arya"]);
  const client = await cluster.client("stranger");
  const say = (payload: string) =>
    client.publish(`${ROOT}/hub/view`, payload, { qos: 1, retain: true });
  for (const payload of ["", "null", '{"session":', "x".repeat(20_000)]) await say(payload);
  const listed = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`n${index}`, { liveness: "dead", for_ms: 1e9 }]),
  );
  const forged = { session: "forged", number: 1e9, blind: false, nodes: 1, listed, unlisted: 0 };
  // The hub is heard, so the view of a run that is not heard takes nothing's place.
  await say(JSON.stringify(forged));
  assert.deepEqual(deathsIn(tracker), []);
  await follows(tracker, SOUNDS, async () => await bran?.kill());
  assert.equal(deathsIn(tracker).length, 1);
});
