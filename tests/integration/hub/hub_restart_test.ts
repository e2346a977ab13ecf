/** A hub that is stopped or killed at the worst moment loses no message and sends none twice. */

import assert from "node:assert/strict";
import {
  allAre,
  DOWN,
  firstDelivery,
  Nodes,
  sendingTo,
  summaryOf,
  texts,
  WITHIN_MS,
} from "../../support/alerting/told.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { startAgent, startHub, withSections } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

Deno.test("a hub that is killed at the worst moment sends what is pending, and nothing twice", async () => {
  await using double = new TwilioDouble();
  await using broker = await Mosquitto.start();
  await using nodes = new Nodes(broker.port);
  const config = sendingTo(double, {
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
  });
  const slow = { alerts: { hold: "1h", group: "1h" } };
  await using hub = await startHub(config);
  await hub.untilSeeing();
  const [told = "", back = "", held = "", later = "", healthy = ""] = await Promise.all(
    ["Told", "Back", "Held", "Later", "Healthy"].map((name) => nodes.start(name)),
  );
  await allAre(hub, [told, back, held, later, healthy], "alive");

  for (const [index, id] of [told, back].entries()) {
    await nodes.kill(id);
    await double.waitFor("sent", index + 1, WITHIN_MS);
  }
  // No message is sent before the hub is killed: every hold and group is still running.
  await hub.stop();
  hub.configure(withSections(config, slow));
  await hub.start();
  await hub.untilSeeing();
  await nodes.start("Back");
  await allAre(hub, [back, held, later, healthy], "alive");
  await nodes.kill(held);
  await hub.waitForLiveness(held, "dead");
  await until(
    "the recovery to be on record",
    async () =>
      (await hub.incidents()).some(({ node, recovered_at }) => node === back && recovered_at),
  );
  await hub.kill();
  assert.equal(double.sent.length, 2);
  await nodes.kill(later);

  hub.configure(config);
  await hub.start();
  await double.waitFor("sent", 4, WITHIN_MS);
  const summaries = texts(double).map(summaryOf);
  assert.deepEqual(summaries.slice(0, 3), ["Told is down", "Back is down", "Back is up"]);
  // Both count as missing from the same instant.
  assert.match(summaries[3] ?? "", /^2 Pis are down: Held, Later\. Last heard /);
  await nodes.start("Told");
  await double.waitFor("sent", 5, WITHIN_MS);
  assert.equal(summaryOf(texts(double)[4] ?? ""), "Told is up");
  const deliveries = await until("the last delivery", async () => {
    const rows = await hub.deliveries();
    return rows.every(({ state }) => state === "accepted") && rows;
  });
  assert.equal(deliveries.length, 5);
  const open = (await hub.incidents()).filter(({ recovered_at }) => recovered_at === null);
  assert.deepEqual(open.map(({ node }) => node).toSorted(), [held, later]);
  assert.ok(open.every(({ told_at }) => told_at !== null));
});

Deno.test("a hub that is killed between Twilio's yes and its own note of it sends nothing twice", async () => {
  await using double = new TwilioDouble();
  await using hub = await startHub(sendingTo(double));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  double.script({ kind: "created_then_hang" });
  await nodes.kill(await nodes.start("John Snow"));
  await double.waitFor("sent", 1, WITHIN_MS);
  await hub.kill();
  await hub.start();
  const delivery = await firstDelivery(hub);
  assert.deepEqual([delivery.state, delivery.reference], ["accepted", double.sent[0]?.sid]);
  assert.ok((await hub.incidents())[0]?.told_at);
  assert.deepEqual([double.posts.length, double.sent.length], [1, 1]);
});

Deno.test("a hub that is killed before Twilio has the message sends it in its next run", async () => {
  await using double = new TwilioDouble();
  await using hub = await startHub(sendingTo(double));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  double.script({ kind: "hang" });
  await nodes.kill(await nodes.start("John Snow"));
  await double.waitFor("requests", 1, WITHIN_MS);
  await hub.kill();
  await hub.start();
  assert.equal((await firstDelivery(hub)).state, "accepted");
  assert.deepEqual([double.posts.length, double.sent.length], [2, 1]);
});

Deno.test("a restarted hub knows its nodes, and sends nothing about healthy ones", async () => {
  await using double = new TwilioDouble();
  await using hub = await startHub(sendingTo(double));
  const config = withSections(await hub.enrol("john-snow", "John Snow"), {
    mqtt: { reconnect: "500ms" },
    node: { heartbeat: "250ms" },
  });
  await using agent = await startAgent(config);
  await hub.waitForLiveness("john-snow", "alive");
  for (const end of ["stop", "kill", "stop"] as const) {
    await hub[end]();
    await hub.start();
    const [node] = await hub.nodes();
    assert.deepEqual([node?.id, node?.name], ["john-snow", "John Snow"]);
    assert.match(node?.liveness ?? "", /^(unknown|alive)$/);
    await hub.waitForLiveness("john-snow", "alive");
  }
  // A false alarm would come before this true one.
  await agent.kill();
  await double.waitFor("sent", 1, WITHIN_MS);
  assert.match(texts(double)[0] ?? "", DOWN);
  assert.equal((await hub.incidents()).length, 1);
});

Deno.test("a restarted hub reports nodes that it had heard, and none that are only retained names", async () => {
  await using double = new TwilioDouble();
  await using broker = await Mosquitto.start();
  await using nodes = new Nodes(broker.port);
  const ghost = await nodes.start("Ghost");
  await nodes.kill(ghost);
  await using hub = await startHub(sendingTo(double, {
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
  }));
  const heard = await nodes.start("John Snow");
  await hub.waitForLiveness(heard, "alive");
  await hub.waitForLiveness(ghost, "dead", WITHIN_MS);
  await hub.stop();
  await nodes.kill(heard);
  // A run that only receives retained messages must not make the next one forget.
  await hub.start();
  await hub.untilSeeing();
  await hub.waitForLiveness(heard, "unknown");
  await hub.stop();
  await hub.start();
  await hub.waitForLiveness(ghost, "dead", WITHIN_MS);
  await double.waitFor("sent", 1, WITHIN_MS);
  assert.deepEqual(texts(double).map(summaryOf), ["John Snow is down"]);
  assert.deepEqual((await hub.incidents()).map(({ node }) => node), [heard]);
});
