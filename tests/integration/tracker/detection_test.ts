/** Death and recovery of nodes, as the hub, a tracker and readers of the verdicts see them. */

import assert from "node:assert/strict";
import type { HeardMessage } from "../../support/broker/mqtt_client.ts";
import { changesOf, deathsIn, ROOT, verdictsOf } from "../../support/program/cluster.ts";
import { compiledIfThere } from "../../support/program/executable.ts";
import { DEFAULT_DEATHS, NEVER_LATE } from "../../support/program/detection_times.ts";
import { isInTime } from "../../support/time/patience.ts";
import { testWithBrokers } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

/** From a last will to the verdict; 3 s by default. */
const WILL_MS = 3000;
/** The delay that a busy machine may add. */
const SLACK_MS = 3000;
/** The time for a farewell and the end of the program. */
const END_MS = 2000;

const { compiled, name } = compiledIfThere();

testWithBrokers(`a killed agent is late at once and down after 3 s (${name})`, async (broker) => {
  await using cluster = await broker.start({ compiled, hub: { cluster: NEVER_LATE } });
  const { hub } = cluster;
  const listener = await cluster.listener();
  const agent = await cluster.agent("john-snow");
  const tracker = await cluster.tracker("arya", { config: { cluster: NEVER_LATE } });
  await tracker.process.line("node=john-snow from=unknown to=up");

  const killedMs = performance.now();
  await agent.kill();
  await hub.waitForLiveness("john-snow", "suspect");
  assert.ok(isInTime(performance.now() - killedMs, 1000), "late comes with the last will");
  await hub.waitForLiveness("john-snow", "dead");
  const tookMs = performance.now() - killedMs;
  assert.ok(
    tookMs >= WILL_MS && isInTime(tookMs - WILL_MS, SLACK_MS),
    `down after ${tookMs} ms`,
  );
  await tracker.process.line("LED blinks once a second: a Pi is down");
  await tracker.process.line("buzzer sounds");
  await until("the verdict", () => verdictsOf(listener, "john-snow").at(-1) === "dead");
  const later = await cluster.listener();
  const kept = await later.heard("the kept verdict", isVerdictOn("john-snow"));
  assert.equal(kept.retained, true);
  assert.equal(JSON.parse(kept.payload).liveness, "dead");

  const seen = tracker.process.lines.length;
  await agent.start();
  await hub.waitForLiveness("john-snow", "alive");
  await tracker.process.line("LED is off: all is well", { from: seen });
  await until("the verdict", () => verdictsOf(listener, "john-snow").at(-1) === "alive");
  const story = ["unknown up", "up late", "late down", "down up"];
  assert.deepEqual(changesOf(hub, "john-snow"), story);
  assert.deepEqual(changesOf(tracker, "john-snow"), story);
  assert.deepEqual(verdictsOf(listener, "john-snow"), ["alive", "suspect", "dead", "alive"]);
  const [incident, ...others] = await hub.incidents();
  assert.deepEqual([incident?.node, others], ["john-snow", []]);
  assert.ok(incident?.recovered_at);
});

testWithBrokers(`an agent that is stopped has left, without alarm (${name})`, async (broker) => {
  await using cluster = await broker.start({ compiled, hub: { cluster: NEVER_LATE } });
  const listener = await cluster.listener();
  const tracker = await cluster.tracker("arya", { config: { cluster: NEVER_LATE } });
  const agent = await cluster.agent("john-snow");
  await tracker.process.line("node=john-snow from=unknown to=up");

  const askedMs = performance.now();
  await agent.stop();
  const tookMs = performance.now() - askedMs;
  assert.ok(isInTime(tookMs, END_MS), `it took ${tookMs} ms to end`);
  await cluster.hub.waitForLiveness("john-snow", "left");
  await tracker.process.line("node=john-snow from=up to=stopped");
  const later = await cluster.listener();
  const { payload } = await later.heard("the kept status", isStatusOf("john-snow"));
  const { kind, reason } = JSON.parse(payload);
  assert.deepEqual({ kind, reason }, { kind: "farewell", reason: undefined }, "nobody knows why");

  // The death of another node takes longer than any pending deadline or last will.
  const other = await cluster.agent("bran");
  await other.kill();
  await cluster.hub.waitForLiveness("bran", "dead");
  await tracker.process.line("a node died node=bran");
  const said = listener.messages.filter(isStatusOf("john-snow"))
    .map((message) => JSON.parse(message.payload).kind);
  assert.deepEqual(said, ["birth", "farewell"]);
  for (const observer of [cluster.hub, tracker]) {
    assert.deepEqual(changesOf(observer, "john-snow"), ["unknown up", "up stopped"]);
  }
});

testWithBrokers(`an agent that its supervisor restarts is never down (${name})`, async (broker) => {
  await using cluster = await broker.start({ compiled, hub: { cluster: DEFAULT_DEATHS } });
  const agent = await cluster.agent("john-snow");
  const tracker = await cluster.tracker("arya", { config: { cluster: DEFAULT_DEATHS } });
  const sessions = new Set<string | null>();
  for (let times = 0; times < 4; times++) {
    await agent.kill();
    const killedMs = performance.now();
    const [{ session } = { session: null }] = await cluster.hub.nodes();
    sessions.add(session);
    await until("the supervisor's second", () => performance.now() - killedMs >= 1000);
    await agent.start();
    await cluster.hub.waitForLiveness("john-snow", "alive");
  }
  assert.equal(sessions.size, 4, "each run is a session of its own");
  assert.deepEqual(deathsIn(cluster.hub), []);
  assert.deepEqual(deathsIn(tracker), []);
  assert.deepEqual(await cluster.hub.incidents(), []);
  assert.deepEqual(await cluster.hub.deliveries(), []);
});

function isVerdictOn(node: string): (message: HeardMessage) => boolean {
  return ({ topic }) => topic === `${ROOT}/hub/verdicts/${node}`;
}

function isStatusOf(node: string): (message: HeardMessage) => boolean {
  return ({ topic }) => topic === `${ROOT}/nodes/${node}/status`;
}
