/** Brokers that stop and come back: no living node is ever declared dead. */

import assert from "node:assert/strict";
import { statIfAny } from "../../../io/files/atomic_file.ts";
import type { MosquittoOptions } from "../../support/broker/mosquitto.ts";
import {
  changesOf,
  deathsIn,
  EMBEDDED,
  MOSQUITTO,
  ROOT,
  type TestCluster,
} from "../../support/program/cluster.ts";
import type { TestProgram } from "../../support/program/programs.ts";
import { testTogether } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

/** How long the broker is away. */
const AWAY_MS = 10_000;
/** The time limit for heartbeats after its return. */
const FLOW: { readonly withinMs: number } = { withinMs: 20_000 };
/**
 * The time limit for a verdict on a node that is silent: 10 s, plus the delay of a busy machine.
 */
const VERDICT: { readonly withinMs: number } = { withinMs: 25_000 };

/**
 * Writes each retained message to the disk at once. It runs as root, which Mosquitto would
 * otherwise give up.
 */
const PERSISTENT: MosquittoOptions = {
  config: ({ port, folder }) =>
    `listener ${port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence true\n` +
    `persistence_location ${folder}/\nautosave_on_changes true\nautosave_interval 1\n`,
};

/** A cluster of three: one node stays alive, one dies while the broker is away, one observes. */
async function populate(cluster: TestCluster) {
  const tracker = await cluster.tracker("arya");
  const [living, dying] = await Promise.all([cluster.agent("john-snow"), cluster.agent("bran")]);
  await tracker.process.line("node=john-snow from=unknown to=up");
  await tracker.process.line("node=bran from=unknown to=up");
  return { tracker, living, dying };
}

async function untilReturn(goneMs: number): Promise<void> {
  const deadline = { withinMs: 2 * AWAY_MS };
  await until("the broker's return", () => performance.now() - goneMs >= AWAY_MS, deadline);
}

async function untilFlowing(cluster: TestCluster): Promise<void> {
  const listener = await cluster.listener();
  const topic = `${ROOT}/nodes/john-snow/heartbeat`;
  await until("a heartbeat", () => listener.messages.some((one) => one.topic === topic), FLOW);
}

/** The verdict on the dead node comes after every wait that could have killed the living one. */
async function assertOnlyBranDied(cluster: TestCluster, tracker: TestProgram): Promise<void> {
  await cluster.hub.waitForLiveness("bran", "dead", VERDICT.withinMs);
  await tracker.process.line("a node died node=bran", VERDICT);
  for (const observer of [cluster.hub, tracker]) {
    const deaths = deathsIn(observer);
    assert.equal(deaths.length, 1, deaths.join("\n"));
    assert.equal(changesOf(observer, "john-snow").at(-1)?.split(" ")[1], "up");
  }
  await until("the message", async () => (await cluster.hub.deliveries()).length > 0);
  assert.deepEqual((await cluster.hub.incidents()).map(({ node }) => node), ["bran"]);
  assert.equal((await cluster.hub.deliveries()).length, 1);
}

interface Ending {
  readonly signal: "SIGTERM" | "SIGKILL";
  readonly losesStore: boolean;
}

async function tellMosquittoRestart({ signal, losesStore }: Ending): Promise<void> {
  await using cluster = await MOSQUITTO.start({ mosquitto: PERSISTENT });
  const { hub, mosquitto } = cluster;
  const { tracker, living, dying } = await populate(cluster);
  const store = `${mosquitto.folder}/mosquitto.db`;
  await until("Mosquitto to keep what is retained", () => (statIfAny(store)?.size ?? 0) > 0);

  await mosquitto.stop(signal);
  const goneMs = performance.now();
  await until("the hub to be blind", async () => (await answerOf(cluster, "/readyz")) === 503);
  assert.equal((await hub.api<{ readonly blind: boolean }>("/api/v1/nodes")).blind, true);
  await tracker.process.line("LED blinks twice every 2 s", { from: 3 });
  await dying.kill();
  await untilReturn(goneMs);
  if (losesStore) Deno.removeSync(store);
  assert.equal(await answerOf(cluster, "/readyz"), 503);
  assert.equal(await answerOf(cluster, "/healthz"), 200);

  await mosquitto.start();
  await untilFlowing(cluster);
  await hub.untilSeeing(FLOW);
  await assertOnlyBranDied(cluster, tracker);
  assert.equal(living.process.hasEnded, false);
}

async function tellHubRestart(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  await using cluster = await EMBEDDED.start();
  const { hub } = cluster;
  const { tracker, living, dying } = await populate(cluster);
  await hub.process.end(signal);
  const goneMs = performance.now();
  await tracker.process.line("blind: no verdicts until the cluster is visible again");
  await dying.kill();
  await untilReturn(goneMs);
  await hub.start();
  await untilFlowing(cluster);
  await hub.waitForLiveness("john-snow", "alive", FLOW.withinMs);
  await assertOnlyBranDied(cluster, tracker);
  assert.equal(living.process.hasEnded, false);
}

testTogether("a broker's absence kills nobody, and hides nobody's death", {
  "when Mosquitto is stopped and tells every last will": () =>
    tellMosquittoRestart({ signal: "SIGTERM", losesStore: false }),
  "when Mosquitto is killed": () => tellMosquittoRestart({ signal: "SIGKILL", losesStore: false }),
  "when Mosquitto is killed and loses its store": () =>
    tellMosquittoRestart({ signal: "SIGKILL", losesStore: true }),
  "when a hub with its broker is stopped": () => tellHubRestart("SIGTERM"),
  "when a hub with its broker is killed": () => tellHubRestart("SIGKILL"),
});

async function answerOf({ hub }: TestCluster, path: string): Promise<number> {
  const response = await hub.fetch(path);
  await response.body?.cancel();
  return response.status;
}
