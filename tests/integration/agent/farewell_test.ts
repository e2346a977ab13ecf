/** What a hub makes of farewells of each reason: who is missed, and who is told. */

import assert from "node:assert/strict";
import type { TransitionView } from "../../../core/history/history.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";

/** Starts a node that beats, and answers it once the hub has heard it. */
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

Deno.test("who does not say why he stops is missed quietly, but told of where the user lists him", async () => {
  await using hub = await startHub({
    cluster: { nodes: "listed", reboot_within: "3s" },
    alerts: { hold: "0s", group: "0s" },
    sms: { provider: "print", to: "+15005550006" },
  });
  await using parts = new AsyncDisposableStack();
  // Heard on, so that the network is beyond doubt.
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

  // What was quiet stays so when another run of the hub waits for these nodes anew.
  await hub.stop();
  await hub.start();
  await startNode(hub, "steady-again", parts);
  for (const id of ["quiet", "later"]) await hub.waitForLiveness(id, "dead", 30_000);
  assert.deepEqual(await told(), ["listed", "restarted"]);
  const stopped = (await hub.nodes()).find(({ id }) => id === "stopped");
  assert.deepEqual([stopped?.liveness, stopped?.farewell], ["left", "stop"]);
});
