/** Trackers without a hub: a real hub, broker and trackers, which log what they would show. */

import assert from "node:assert/strict";
import { ALARM } from "../../support/page/hub_actions.ts";
import { MOSQUITTO } from "../../support/program/cluster.ts";

const QUICK = { cluster: { nodes: "bran" }, rpi: { buzzer_hold: "0s" } };
const WELL = "LED is off: all is well";
const HUB_DEAD = "LED blinks three times every 3 s: the hub is down";
const SOUNDS = "LED blinks once a second, buzzer sounds: a Pi is down";
const DEADLINE = { withinMs: 40_000 };

Deno.test("a tracker shows that the hub is dead, and alarms for the other Pis without the hub", async () => {
  await using cluster = await MOSQUITTO.start();
  const { hub } = cluster;
  const tracker = await cluster.tracker("sansa", { config: QUICK });
  const bran = await cluster.agent("bran");
  await tracker.process.line("node=bran from=unknown to=up");
  await tracker.process.line(WELL);

  const line = async (what: string, deed: () => Promise<unknown>) => {
    const from = tracker.process.lines.length;
    await deed();
    await tracker.process.line(what, { from, ...DEADLINE });
  };
  // It answers before it has published that it is alive.
  const startHub = async () => {
    await hub.start();
    await hub.waitForLiveness("bran", "alive");
  };
  // A restart, with or without a farewell, causes no flash.
  await hub.stop();
  await startHub();
  await hub.kill();
  await startHub();
  const killedMs = performance.now();
  await line(HUB_DEAD, () => hub.kill());
  assert.ok(performance.now() - killedMs >= 10_000, "a restart has its time");
  assert.equal(tracker.process.lines.filter((each) => each.includes(HUB_DEAD)).length, 1);

  await line(SOUNDS, () => bran.kill());
  await line(HUB_DEAD, () => bran.start());
  await line(WELL, () => hub.start());
});

Deno.test("a message tests the alarm of one tracker, for 5 s", async () => {
  await using cluster = await MOSQUITTO.start();
  const [tested, other] = await Promise.all([cluster.tracker("sansa"), cluster.tracker("arya")]);
  await Promise.all([tested.process.line(WELL), other.process.line(WELL)]);
  const from = tested.process.lines.length;
  const client = await cluster.client("hub-by-hand");
  const kept = JSON.stringify({ node: "arya" });
  await client.publish(`${ALARM}/test`, JSON.stringify({ node: "sansa" }), { qos: 0 });
  await tested.process.line("buzzer sounds: this is a test", { from, ...DEADLINE });
  const playedMs = performance.now();
  await tested.process.line(WELL, { from, ...DEADLINE });
  assert.ok(performance.now() - playedMs > 4000, "it lasts for 5 s");
  // A retained message is not a command: a tracker that starts later ignores it.
  await client.publish(`${ALARM}/test`, kept, { qos: 1, retain: true });
  await other.process.line("buzzer sounds: this is a test", DEADLINE);
  await other.stop();
  await other.start();
  await other.process.line(WELL, DEADLINE);
  assert.deepEqual(other.process.lines.filter((each) => each.includes("a test")), []);
});
