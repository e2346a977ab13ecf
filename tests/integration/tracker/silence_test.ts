/** Silenced buzzers: a real hub, broker and tracker, which logs what it would sound. */

import assert from "node:assert/strict";
import {
  QUICK,
  QUIET,
  showsWithin,
  SOUNDS,
  startSounding,
  startWatched,
} from "../../support/nodes/shown_alarm.ts";
import { act, ALARM } from "../../support/page/hub_actions.ts";
import { MOSQUITTO } from "../../support/program/cluster.ts";
import { testWithBrokers } from "../../support/time/together.ts";

const DEADLINE = { withinMs: 60_000 };

const shows = showsWithin(DEADLINE.withinMs);

testWithBrokers(
  "a tracker's buzzer is quiet while somebody silenced it, its LED never",
  async (broker) => {
    await using cluster = await broker.start();
    const { hub } = cluster;
    const [tracker, bran, arya] = await startWatched(cluster);
    await shows(tracker, SOUNDS, () => bran.kill());
    await hub.waitForLiveness("bran", "dead");
    await shows(tracker, QUIET, () => act(hub, "silence", { node: "bran", for: "1h" }));
    await shows(tracker, SOUNDS, () => act(hub, "silence", { node: "bran", for: "0s" }));
    await shows(tracker, QUIET, () => act(hub, "maintenance", { node: "bran", for: "1h" }));
    await shows(tracker, SOUNDS, () => act(hub, "maintenance", { for: "0s" }));
    // It sounds again by itself when the silence is over.
    const from = tracker.process.lines.length;
    await act(hub, "silence", { for: "2s" });
    await tracker.process.line(QUIET, { from, ...DEADLINE });
    await tracker.process.line(SOUNDS, { from, ...DEADLINE });
    // A node that dies during a silence for all sounds.
    await shows(tracker, QUIET, () => act(hub, "silence", { for: "1h" }));
    await shows(tracker, SOUNDS, () => arya.kill());
  },
);

Deno.test("a person's silence at a tracker reaches the others without any hub", async () => {
  await using cluster = await MOSQUITTO.start();
  const { hub } = cluster;
  const [tracker] = await startSounding(cluster, shows);
  await hub.stop();
  const button = await cluster.client("arya");
  const press = (silenced_until: string | null) =>
    button.publish(ALARM, JSON.stringify({ silenced_until }), { qos: 1, retain: true });
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  await shows(tracker, QUIET, () => press(inAnHour));
  await shows(tracker, SOUNDS, () => press(null));
  await shows(tracker, QUIET, () => press(inAnHour));

  // A tracker that starts meanwhile gets the retained message.
  await tracker.stop();
  await tracker.start();
  await tracker.process.line(QUIET, DEADLINE);
  assert.ok(!tracker.process.lines.some((line) => line.includes(SOUNDS)));
  // The hub's view of the silences has priority.
  await shows(tracker, SOUNDS, () => hub.start());
});

testWithBrokers(
  "a Pi that somebody takes care of sounds no more, and its next death sounds, hub or no hub",
  async (broker) => {
    await using cluster = await broker.start();
    const { hub } = cluster;
    const [tracker, bran] = await Promise.all([
      cluster.tracker("sansa", { config: { ...QUICK, cluster: { nodes: "bran" } } }),
      cluster.agent("bran"),
    ]);
    await tracker.process.line("node=bran from=unknown to=up");
    await shows(tracker, SOUNDS, () => bran.kill());
    await hub.waitForLiveness("bran", "dead");
    await shows(tracker, QUIET, () => act(hub, "ack", { node: "bran" }));
    // Trackers that start later get it from the broker, and from a restarted hub.
    for (const program of [tracker, hub]) {
      await program.kill();
      await program.start();
    }
    await tracker.process.line(QUIET, DEADLINE);
    assert.ok(!tracker.process.lines.some((line) => line.includes(SOUNDS)));

    // The broker of a dead hub is dead, too. Another broker retains the hub's last message.
    if (broker === MOSQUITTO) await hub.kill();
    await shows(tracker, "node=bran from=down to=up", () => bran.start());
    await shows(tracker, SOUNDS, () => bran.kill());
  },
);
