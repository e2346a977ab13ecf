/** A Pi that sends heartbeats although its card is dead: what page, messages and tracker say. */

import assert from "node:assert/strict";
import type { NodeView } from "../../../core/api/node_view.ts";
import { sendingTo, texts, WITHIN_MS } from "../../support/alerting/told.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { type Hub, startHub, startTracker } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

const ID = "khal-drogo";

async function viewOf(hub: Hub): Promise<NodeView | undefined> {
  return (await hub.nodes()).find(({ id }) => id === ID);
}

Deno.test("a Pi with a dead card alarms page, people and trackers until the card works again", async () => {
  await using double = new TwilioDouble();
  await using broker = await Mosquitto.start();
  const mqtt = { url: `mqtt://127.0.0.1:${broker.port}` };
  await using hub = await startHub(sendingTo(double, { hub: { broker: "none" }, mqtt }));
  await using tracker = await startTracker({ mqtt, node: { id: "arya" } });
  await using client = await TestClient.connect({ port: broker.port });
  await client.subscribe("rpi-cluster/v1/hub/verdicts/+", 1);
  await using node = await PretendNode.start(client, { id: ID, name: "Khal Drogo" });
  node.setStorage({ storage: "ok" });
  await hub.waitForLiveness(ID, "alive");
  await tracker.process.line("LED is off");
  assert.equal((await viewOf(hub))?.storage, null);

  node.setStorage({ storage: "critical", storage_fault: "no_answer" });
  await double.waitFor("sent", 1, WITHIN_MS);
  assert.match(texts(double)[0] ?? "", /^Khal Drogo's card has not answered since .*still runs/);
  const failing = await viewOf(hub);
  assert.deepEqual([failing?.liveness, failing?.storage?.fault], ["alive", "no_answer"]);
  await tracker.process.line("LED blinks once a second");
  await tracker.process.line("buzzer sounds", { withinMs: WITHIN_MS });
  const verdict = await client.heard(
    "the verdict with what fails",
    ({ topic, payload }) =>
      topic === `rpi-cluster/v1/hub/verdicts/${ID}` && payload.includes('"fault":"no_answer"'),
  );
  assert.equal(JSON.parse(verdict.payload).liveness, "alive");
  const [incident] = await hub.incidents();
  assert.deepEqual(
    [incident?.kind, incident?.node, incident?.cause, incident?.recovered_at],
    ["vital", ID, "no_answer", null],
  );

  // A restarted hub does not notify again.
  await hub.stop();
  await hub.start();
  await hub.waitForLiveness(ID, "alive");
  await until("the fault", async () => (await viewOf(hub))?.storage?.fault === "no_answer");

  const seen = tracker.process.lines.length;
  node.setStorage({ storage: "ok" });
  await double.waitFor("sent", 2, WITHIN_MS);
  assert.match(texts(double)[1] ?? "", /^Khal Drogo's card answers again after /);
  await tracker.process.line("LED is off", { from: seen });
  assert.equal((await viewOf(hub))?.storage, null);
  assert.ok((await hub.incidents())[0]?.recovered_at);
});
