/**
 * Many Pis on Mosquitto with our configuration, before the hub is there: what is retained
 * reaches a hub that starts later.
 */

import assert from "node:assert/strict";
import { NODES_MAX } from "../../../core/protocol/wire.ts";
import { asHub, startHubOn } from "../../support/broker/tested_broker.ts";
import { publishBirths } from "../../support/broker/pretend_pis.ts";
import { type SampleMosquitto, startSample } from "../../support/broker/sample_mosquitto.ts";
import { until } from "../../support/time/until.ts";

const NODES = 5000;
const SLOW = { withinMs: 240_000 };

async function publishAll(broker: SampleMosquitto, count: number): Promise<void> {
  await using client = await asHub(broker);
  await publishBirths(client, count);
}

Deno.test("Mosquitto with our configuration keeps the births of 20,000 nodes for a client that comes later", async () => {
  await using broker = await startSample();
  await publishAll(broker, NODES_MAX);
  await using client = await asHub(broker);
  await client.subscribe("rpi-cluster/v1/#", 1);
  await until("all births", () => client.messages.length === NODES_MAX, SLOW);
  assert.equal(new Set(client.messages.map(({ topic }) => topic)).size, NODES_MAX);
});

Deno.test("a hub that starts after 5,000 births knows all 5,000 by name", async () => {
  await using broker = await startSample();
  await publishAll(broker, NODES);
  await using hub = await startHubOn(broker);
  const nodes = await hub.process.until("all nodes", async () => {
    const known = (await hub.nodes()).filter(({ session }) => session !== null);
    return known.length === NODES && known;
  }, SLOW);
  for (const { id, name } of nodes) assert.equal(name, id.replace("pi-", "Pi "));
});
