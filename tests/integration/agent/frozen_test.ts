/** Programs that are stopped for a while (SIGSTOP): that must not look like the death of a node. */

import assert from "node:assert/strict";
import {
  changesOf,
  deathsIn,
  MOSQUITTO,
  ROOT,
  type TestCluster,
} from "../../support/program/cluster.ts";
import { isInTime } from "../../support/time/patience.ts";
import { testWithBrokers } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

/** Longer than every silence after which a node counts as dead. */
const FROZEN_MS = 6000;
/** A program that is asked to end has ended by then. */
const END_MS = 2000;

interface Freezable {
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
}

async function freeze(program: Freezable): Promise<void> {
  program.signal("SIGSTOP");
  const frozenMs = performance.now();
  try {
    await until("the thaw", () => performance.now() - frozenMs >= FROZEN_MS);
  } finally {
    program.signal("SIGCONT");
  }
}

/** A heartbeat that was sent now, and not one that was queued while the program was stopped. */
async function untilFlowing(cluster: TestCluster): Promise<void> {
  const listener = await cluster.listener();
  const isBeat = (topic: string) => topic === `${ROOT}/nodes/john-snow/heartbeat`;
  await until("heartbeats", () => listener.messages.filter((one) => isBeat(one.topic)).length > 2);
}

Deno.test("hub and tracker end in time when their broker stands still", async () => {
  await using cluster = await MOSQUITTO.start();
  const tracker = await cluster.tracker("arya");
  cluster.mosquitto.signal("SIGSTOP");
  for (const program of [tracker, cluster.hub]) {
    const askedMs = performance.now();
    await program.stop();
    const tookMs = performance.now() - askedMs;
    assert.ok(isInTime(tookMs, END_MS), `it took ${tookMs} ms`);
  }
});

testWithBrokers("hub, tracker or broker that stood still bury nobody", async (broker) => {
  await using cluster = await broker.start();
  const { hub } = cluster;
  const tracker = await cluster.tracker("arya");
  const [living, dying] = await Promise.all([cluster.agent("john-snow"), cluster.agent("bran")]);
  await tracker.process.line("node=bran from=unknown to=up");

  await freeze(tracker.process);
  await untilFlowing(cluster);
  await freeze(hub.process);
  await hub.untilSeeing();
  await untilFlowing(cluster);
  if (broker.name === "Mosquitto") {
    await freeze(cluster.mosquitto);
    await hub.untilSeeing();
    await untilFlowing(cluster);
  }

  // Visibility and deadlines are in order again: a real death is found, and no other.
  await dying.kill();
  await hub.waitForLiveness("bran", "dead");
  await tracker.process.line("a node died node=bran");
  for (const observer of [hub, tracker]) {
    assert.equal(deathsIn(observer).length, 1, deathsIn(observer).join("\n"));
    assert.equal(changesOf(observer, "john-snow").at(-1)?.split(" ")[1], "up");
  }
  assert.equal(living.process.hasEnded, false);
});
