/** A hub that watches as many nodes as it can: the next one is refused, and everybody is told. */

import assert from "node:assert/strict";
import type { RefusalView } from "../../../core/api/refusal_view.ts";
import { NODES_MAX } from "../../../core/protocol/wire.ts";
import { asHub } from "../../support/broker/tested_broker.ts";
import { publishBirths } from "../../support/broker/pretend_pis.ts";
import { startSample } from "../../support/broker/sample_mosquitto.ts";
import { refused } from "../../support/limits/limited_hub.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { startHub } from "../../support/program/programs.ts";

const SLOW = { withinMs: 120_000 };
/** So often refused within the last minutes, a client is shown. */
const BUSY = 30;

Deno.test("a hub of 20,000 nodes refuses another one, and says so in log, metrics, API and status", async () => {
  await using broker = await startSample();
  await using client = await asHub(broker);
  await publishBirths(client, NODES_MAX);
  const { port, hubPassword } = broker;
  await using hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${port}`, username: "hub", password: hubPassword },
    hub: { broker: "none" },
    // None of them is called dead meanwhile.
    cluster: { dead_after: "1h" },
  });
  await hub.process.until("all nodes to be known", async () => {
    return (await hub.nodes()).length === NODES_MAX;
  }, SLOW);
  await using _refused = await PretendNode.start(client, { id: "one-too-many", name: "Late" });
  await hub.process.line("too many nodes: new ones are refused", SLOW);
  for (let seq = 0; seq < BUSY; seq++) {
    const beat = JSON.stringify({ session: "x", seq, every_ms: 1000, up_ms: seq });
    await client.publish("rpi-cluster/v1/nodes/one-too-many/heartbeat", beat);
  }
  await hub.process.line(/refused nodes, because the hub watches 20000.*one-too-many/, SLOW);
  await hub.process.until("the refusal to be shown", async () => {
    const { clients } = await hub.api<{ clients: readonly (RefusalView & { active: boolean })[] }>(
      "/api/v1/refusals",
    );
    return clients.some(({ reason, from, active }) =>
      reason === "nodes" && from === "one-too-many" && active
    );
  }, SLOW);
  assert.ok(await refused(hub, "nodes") >= BUSY);
  const { text } = await hub.run("status");
  assert.match(text, /one-too-many: more nodes than the hub watches/);

  await using _known = await PretendNode.start(client, { id: "pi-7", name: "Known" });
  await hub.waitForLiveness("pi-7", "alive");
  const nodes = await hub.nodes();
  assert.equal(nodes.length, NODES_MAX);
  assert.ok(!nodes.some(({ id }) => id === "one-too-many"));
});
