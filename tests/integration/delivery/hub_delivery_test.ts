/** The messages of a real hub through Twilio's double: recipients, texts, and how often. */

import assert from "node:assert/strict";
import {
  allAre,
  DOWN,
  firstDelivery,
  Nodes,
  sendingTo,
  summaryOf,
  texts,
  TO,
  UP,
  WITHIN_MS,
} from "../../support/alerting/told.ts";
import { ConnectRefused, TestClient } from "../../support/broker/mqtt_client.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { startAgent, startHub } from "../../support/program/programs.ts";
import { until, within } from "../../support/time/until.ts";

Deno.test("a Pi that dies is told once by its name, and its return once with the length", async () => {
  await using double = new TwilioDouble();
  await using hub = await startHub(sendingTo(double, { alerts: { hold: "500ms" } }));
  await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await hub.waitForLiveness("john-snow", "alive");
  await agent.kill();
  await double.waitFor("sent", 1, WITHIN_MS);
  assert.match(texts(double)[0] ?? "", DOWN);
  assert.equal((await hub.waitForLiveness("john-snow", "dead")).name, "John Snow");
  await agent.start();
  await double.waitFor("sent", 2, WITHIN_MS);
  const up = texts(double)[1] ?? "";
  const [, name, minutes = 0, seconds = 0] = UP.exec(up) ?? [];
  assert.equal(name, "John Snow");
  assert.ok(60 * Number(minutes) + Number(seconds) >= 2, up);
  assert.deepEqual(double.sent.map(({ to }) => to), [TO, TO]);

  const deliveries = await until("the second delivery", async () => {
    const rows = await hub.deliveries();
    return rows.every(({ state }) => state === "accepted") && rows;
  });
  assert.deepEqual(
    deliveries.map(({ text, reference, attempts }) => [text, reference, attempts]),
    double.sent.toReversed().map(({ text, sid }) => [text, sid, 1]),
  );
  const [incident, ...others] = await hub.incidents();
  assert.equal(others.length, 0);
  assert.deepEqual(deliveries.map(({ incident_ids }) => incident_ids), [[incident?.id], [
    incident?.id,
  ]]);
  const { died_at = "", told_at, recovered_at } = incident ?? {};
  assert.ok(told_at && recovered_at && died_at < told_at && told_at < recovered_at);
});

Deno.test("twenty Pis that die at once are one message, and so is their return", async () => {
  await using double = new TwilioDouble();
  await using hub = await startHub(
    sendingTo(double, { alerts: { hold: "1s", group: "3s", per_hour: 1000 } }),
  );
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  const names = Array.from({ length: 20 }, (_, index) => `Pi ${index + 1}`);
  const ids = await Promise.all(names.map((name) => nodes.start(name)));
  await allAre(hub, ids, "alive");
  await nodes.kill(...ids);
  await double.waitFor("sent", 1, WITHIN_MS);
  assert.match(texts(double)[0] ?? "", /^All 20 Pis are down at once: Pi \d+, .*\./);
  await Promise.all(names.map((name) => nodes.start(name)));
  await double.waitFor("sent", 2, WITHIN_MS);
  assert.match(texts(double)[1] ?? "", /^20 Pis are up again: Pi \d+, .*\./);
  const incidents = await hub.incidents();
  assert.equal(incidents.filter(({ kind }) => kind === "node").length, 20);
  assert.ok(incidents.every(({ recovered_at }) => recovered_at !== null));
  assert.equal(double.sent.length, 2);
});

Deno.test("a message gets through as soon as a provider that fails is well again", async () => {
  await using double = new TwilioDouble();
  const fault = { kind: "raw", status: 500, body: "<h1>Internal Server Error</h1>" } as const;
  double.otherwise(fault);
  await using hub = await startHub(sendingTo(double));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  await nodes.kill(await nodes.start("John Snow"));
  await double.waitFor("requests", 2, WITHIN_MS);
  const failing = await until("the failure on record", async () => {
    const [delivery] = await hub.deliveries();
    return delivery !== undefined && delivery.last_error !== null && delivery;
  });
  assert.deepEqual([failing.state, failing.last_error], [
    "pending",
    "Twilio has a fault of its own (500)",
  ]);
  double.otherwise({ kind: "created" });
  await double.waitFor("sent", 1, WITHIN_MS);
  const delivery = await firstDelivery(hub);
  assert.deepEqual([delivery.state, delivery.last_error], ["accepted", null]);
  assert.equal(double.sent.length, 1);
});

Deno.test("hub test-alert tells what became of the message to each recipient, and ends accordingly", async () => {
  await using double = new TwilioDouble();
  const other = "+4915187654321";
  await using hub = await startHub(sendingTo(double, { sms: { to: `${TO}, ${other}` } }));
  const lines = ({ text }: { readonly text: string }) => text.split("\n").toSorted();
  double.statuses(TO, { status: "sent" }, { status: "delivered" });
  double.statuses(other, { status: "delivered" });
  const good = await hub.run("test-alert");
  assert.equal(good.code, 0, good.text);
  assert.deepEqual(lines(good), [
    `twilio to ${TO}: accepted SM${"0".repeat(32)}`,
    `twilio to ${TO}: delivered`,
    `twilio to ${other}: accepted SM${"0".repeat(31)}1`,
    `twilio to ${other}: delivered`,
  ]);
  const refusal = { kind: "error", status: 400, message: "Invalid 'To' Phone Number" } as const;
  double.script({ ...refusal, code: 21211 });
  double.statuses(other, { status: "undelivered", errorCode: 30003 });
  const bad = await hub.run("test-alert");
  assert.equal(bad.code, 1);
  assert.match(bad.text, /: refused \+4915112345678 is not a valid phone number \(21211\)\n/);
  assert.match(bad.text, /\+4915187654321: accepted SM/);
  assert.match(bad.text, /\+4915187654321: failed .*\(30003\)/);
  hub.configure({});
  const none = await hub.run("test-alert");
  assert.deepEqual([none.code, /no channel is configured/.test(none.text)], [1, true]);
});

Deno.test("hub enrol and revoke work on a running hub, and who is revoked is not missed", async () => {
  await using double = new TwilioDouble();
  await using hub = await startHub(sendingTo(double));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  const marker = await nodes.start("Marker");
  await allAre(hub, ["john-snow", marker], "alive");

  const revoked = await hub.run("revoke", "john-snow");
  assert.equal(revoked.code, 0, revoked.text);
  await until(
    "the node to be forgotten",
    async () => !(await hub.nodes()).some(({ id }) => id === "john-snow"),
  );
  await agent.process.line("disconnected");
  await agent.process.line("cannot connect");
  const login = { port: hub.brokerPort, username: "john-snow", password: "wrong" };
  await assert.rejects(TestClient.connect(login), ConnectRefused);
  assert.equal((await hub.run("revoke", "john-snow")).code, 1);

  await nodes.kill(marker);
  await double.waitFor("sent", 1, WITHIN_MS);
  assert.equal(summaryOf(texts(double)[0] ?? ""), "Marker is down");
  assert.deepEqual((await hub.nodes()).map(({ id }) => id), [marker]);

  await using back = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await hub.waitForLiveness("john-snow", "alive");
  await within("the agent's end", back.stop());
  await hub.waitForLiveness("john-snow", "left");
});

Deno.test("a node that is revoked while the hub is stopped leaves no incident open", async () => {
  await using double = new TwilioDouble();
  await using hub = await startHub(sendingTo(double));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  const id = await nodes.start("John Snow");
  await nodes.kill(id);
  await double.waitFor("sent", 1, WITHIN_MS);
  await firstDelivery(hub);
  await hub.stop();
  assert.equal((await hub.run("revoke", id)).code, 0);
  await hub.start();
  assert.deepEqual(await hub.nodes(), []);
  assert.ok((await hub.incidents())[0]?.recovered_at);
});
