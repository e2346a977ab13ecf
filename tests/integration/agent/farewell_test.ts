/**
 * What a hub does with farewells of each reason: which nodes it misses, and when people are
 * notified.
 */

import assert from "node:assert/strict";
import type { TransitionView } from "../../../core/history/history.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";

/** Starts a node that sends heartbeats, and returns it when the hub has heard it. */
async function startNode(hub: Hub, id: string, parts: AsyncDisposableStack): Promise<PretendNode> {
  const login = { username: id, password: hub.credential(id) };
  const client = parts.use(await TestClient.connect({ port: hub.brokerPort, ...login }));
  const node = parts.use(await PretendNode.start(client, { id, name: id }));
  await hub.waitForLiveness(id, "alive");
  return node;
}

/** Newest first. */
async function reasonsOf(hub: Hub, id: string): Promise<readonly string[]> {
  const { transitions } = await hub.api<{ readonly transitions: readonly TransitionView[] }>(
    `/api/v1/nodes/${id}/transitions`,
  );
  return transitions.map(({ reason }) => reason);
}

Deno.test("a farewell without a reason leads to a death without a message, except for a listed node", async () => {
  await using hub = await startHub({
    cluster: { nodes: "listed", reboot_within: "3s" },
    alerts: { hold: "0s", group: "0s" },
    sms: { provider: "print", to: "+15005550006" },
  });
  await using parts = new AsyncDisposableStack();
  // It stays alive, so that the network is proven.
  await startNode(hub, "steady", parts);
  const farewells = {
    quiet: {},
    later: { reason: "of a later version" },
    listed: {},
    restarted: { reason: "restart" },
    stopped: { reason: "stop" },
  };
  for (const [id, said] of Object.entries(farewells)) {
    const node = await startNode(hub, id, parts);
    await node.farewell(said);
    await hub.waitForLiveness(id, "left");
  }
  const { farewell } = await hub.waitForLiveness("stopped", "left");
  assert.equal(farewell, "stop");
  for (const id of ["quiet", "later", "listed", "restarted"]) {
    await hub.waitForLiveness(id, "dead");
  }
  const told = async () =>
    (await hub.incidents()).map(({ node }) => node).filter((id) => id in farewells).sort();
  assert.deepEqual(await told(), ["listed", "restarted"]);
  await hub.process.line("listed did not come back after it stopped");
  await hub.process.line("restarted did not come back from a restart of its agent");
  assert.deepEqual(await reasonsOf(hub, "quiet"), ["not_returned", "farewell", "birth"]);
  assert.deepEqual(await reasonsOf(hub, "restarted"), ["not_started", "restart", "birth"]);
  assert.deepEqual(await reasonsOf(hub, "stopped"), ["stop", "birth"]);

  // Another run of the hub waits for these nodes again, and nobody is notified this time either.
  await hub.stop();
  await hub.start();
  await startNode(hub, "steady-again", parts);
  for (const id of ["quiet", "later"]) await hub.waitForLiveness(id, "dead", 30_000);
  assert.deepEqual(await told(), ["listed", "restarted"]);
  const stopped = (await hub.nodes()).find(({ id }) => id === "stopped");
  assert.deepEqual([stopped?.liveness, stopped?.farewell], ["left", "stop"]);
});
