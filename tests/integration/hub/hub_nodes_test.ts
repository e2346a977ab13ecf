/**
 * Nodes over HTTP: added, renamed, forgotten, revoked; the broker's retained messages, and the
 * notifications.
 */

import assert from "node:assert/strict";
import { parseConfigText } from "../../../io/config/config_text.ts";
import { smsBy, TO } from "../../support/alerting/told.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { post } from "../../support/page/hub_actions.ts";
import { errorOf, session } from "../../support/page/hub_http.ts";
import { Watcher } from "../../support/page/watcher.ts";
import { MOSQUITTO, ROOT } from "../../support/program/cluster.ts";
import { type Hub, type Sections, startAgent, startHub } from "../../support/program/programs.ts";
import { QUICK_DEATHS } from "../../support/program/detection_times.ts";
import { until } from "../../support/time/until.ts";

const NODE = "nodes/john-snow";
const START = { withinMs: 30_000 };

/** Runs an action that must succeed. */
async function done(hub: Hub, path: string, body: unknown): Promise<Record<string, string>> {
  const response = await post(hub, path, body);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

async function refused(hub: Hub, path: string, body: unknown, status = 400): Promise<string> {
  const response = await post(hub, path, body);
  const { error } = JSON.parse(await response.text());
  assert.equal(response.status, status, error.message);
  return error.message;
}

/** Returns the retained messages that a new client receives. */
async function retained(hub: Hub): Promise<readonly string[]> {
  const login = { username: "witness", password: hub.credential("witness") };
  await using client = await TestClient.connect({ port: hub.brokerPort, ...login });
  await client.subscribe(`${ROOT}/#`, 1);
  await client.publish(`${ROOT}/nodes/witness/echo`, "last", { qos: 1 });
  await client.heard("the last message", ({ payload }) => payload === "last");
  return client.messages.filter((one) => one.retained).map(({ topic }) => topic).sort();
}

Deno.test("a node has the user's name on page, verdict and message, across restarts", async () => {
  const alerts = { hold: "0s", group: "0s" };
  await using hub = await startHub({ cluster: QUICK_DEATHS, alerts, sms: { provider: "print" } });
  const login = { username: "john-snow", password: hub.credential("john-snow") };
  const connect = () => TestClient.connect({ port: hub.brokerPort, ...login });
  const client = await connect();
  const node = await PretendNode.start(client, { id: "john-snow", name: "Old" });
  await hub.waitForLiveness("john-snow", "alive");
  await using watcher = new Watcher(hub, { Cookie: await session(hub) });
  await watcher.until("the node", ({ nodes }) => nodes[0]?.name === "Old");
  assert.deepEqual(await done(hub, `${NODE}/rename`, { name: "  Attic <b> " }), {
    name: "Attic <b>",
  });
  await watcher.until("the new name", ({ nodes }) => nodes[0]?.name === "Attic <b>");
  await client.subscribe(`${ROOT}/hub/verdicts/#`, 1);
  await client.heard("the verdict", ({ payload }) => JSON.parse(payload).name === "Attic <b>");
  await node[Symbol.asyncDispose]();
  await client.kill();
  const { deliveries } = await watcher.until(
    "the message",
    ({ deliveries }) => deliveries.length > 0,
    START,
  );
  assert.match(deliveries[0]?.text ?? "", /Attic <b>/);

  await done(hub, `${NODE}/rename`, { name: "Cellar" });
  assert.deepEqual((await hub.incidents()).map(({ name }) => name), ["Cellar"]);
  await hub.stop();
  await hub.start();
  assert.deepEqual((await hub.nodes()).map(({ name }) => name), ["Cellar"]);
  await using again = await connect();
  await using _node = await PretendNode.start(again, { id: "john-snow", name: "New" });
  await hub.waitForLiveness("john-snow", "alive");
  assert.deepEqual((await hub.nodes()).map(({ name }) => name), ["Cellar"]);
  assert.deepEqual(await done(hub, `${NODE}/rename`, { name: null }), { name: "New" });
  assert.deepEqual((await hub.nodes()).map(({ name }) => name), ["New"]);
});

Deno.test("a forgotten node is gone from page, disk and broker, until it speaks again", async () => {
  await using hub = await startHub({ cluster: QUICK_DEATHS });
  const login = { username: "john-snow", password: hub.credential("john-snow") };
  const client = await TestClient.connect({ port: hub.brokerPort, ...login });
  const node = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
  await hub.waitForLiveness("john-snow", "alive");
  await node[Symbol.asyncDispose]();
  await client.kill();
  await hub.waitForLiveness("john-snow", "dead");
  await done(hub, `${NODE}/rename`, { name: "Attic" });
  assert.ok((await retained(hub)).includes(`${ROOT}/nodes/john-snow/status`));
  assert.deepEqual(await done(hub, `${NODE}/forget`, {}), {});
  assert.ok(!(await hub.nodes()).some(({ id }) => id === "john-snow"));
  const left = (await retained(hub)).filter((topic) => topic.includes("john-snow"));
  assert.deepEqual(left, []);
  assert.match(
    await refused(hub, `${NODE}/forget`, {}, 404),
    /There is no Pi with the id "john-snow"/,
  );

  await using again = await TestClient.connect({ port: hub.brokerPort, ...login });
  await using _node = await PretendNode.start(again, { id: "john-snow", name: "John Snow" });
  const back = await hub.waitForLiveness("john-snow", "alive");
  assert.equal(back.name, "John Snow");
});

Deno.test("a revoked node is cut off, gone, and stays so; a node of the configuration is noted", async () => {
  await using hub = await startHub({ cluster: { ...QUICK_DEATHS, nodes: "john-snow, arya" } });
  const login = { username: "john-snow", password: hub.credential("john-snow") };
  const client = await TestClient.connect({ port: hub.brokerPort, ...login });
  await using _node = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
  await hub.waitForLiveness("john-snow", "alive");
  assert.deepEqual(await done(hub, `${NODE}/revoke`, {}), {});
  await until("the node to be cut off", () => client.isClosed);
  assert.deepEqual((await hub.nodes()).map(({ id }) => id), ["arya"]);
  await assert.rejects(TestClient.connect({ port: hub.brokerPort, ...login }));
  assert.deepEqual((await retained(hub)).filter((topic) => topic.includes("john-snow")), []);
  assert.ok(!Deno.readTextFileSync(`${hub.statePath}/passwd`).includes("john-snow"));

  const { note } = await done(hub, "nodes/arya/forget", {});
  assert.match(note ?? "", /\[cluster\] nodes/);
});

Deno.test("with an external Mosquitto the answers say that it must be reloaded", async () => {
  await using cluster = await MOSQUITTO.start();
  const { hub } = cluster;
  const enrolled = await done(hub, "enrol", { id: "john-snow", name: "John Snow" });
  assert.equal(enrolled.note, "systemctl reload mosquitto");
  const client = await cluster.client("john-snow");
  const node = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
  await hub.waitForLiveness("john-snow", "alive");
  const note = { note: "systemctl reload mosquitto" };
  assert.deepEqual(await done(hub, `${NODE}/revoke`, {}), note);
  // It still publishes, because this Mosquitto needs no password, but nobody reads it.
  await node[Symbol.asyncDispose]();
  assert.deepEqual(await hub.nodes(), []);
});

Deno.test("a node that is added starts with the configuration that is shown once", async () => {
  await using hub = await startHub();
  const response = await post(hub, "enrol", { id: "john-snow", name: "John Snow" });
  assert.equal(response.headers.get("cache-control"), "no-store, no-transform");
  const { id, config, command } = await response.json();
  assert.equal(id, "john-snow");
  assert.ok(command.includes(config));
  const sections: Record<string, Record<string, string>> = {};
  for (const { section, key, value } of parseConfigText(config, "config.ini")) {
    if (key !== "") (sections[section] ??= {})[key] = value;
  }
  const { mqtt = {}, node = {} } = sections;
  const password = mqtt.password ?? "";
  assert.ok(password.length >= 32);
  const remote = "ssh://pi@john-snow.local, http://john-snow.local:8123/";
  await using _agent = await startAgent({ mqtt, node: { ...node, remote } } satisfies Sections);
  const shown = await hub.waitForLiveness("john-snow", "alive", START.withinMs);
  assert.equal(shown.name, "John Snow");
  assert.deepEqual(shown.remote, ["ssh://pi@john-snow.local", "http://john-snow.local:8123/"]);
  assert.equal(shown.facts.remote, undefined);
  assert.ok(!hub.process.lines.some((line) => line.includes(password)));

  // A second machine with this id must not take over by mistake.
  assert.match(await refused(hub, "enrol", { id: "john-snow" }, 409), /has a credential/);
  assert.equal((await hub.nodes())[0]?.liveness, "alive");
  const renewed = await done(hub, "enrol", { id: "john-snow", renew: true });
  assert.ok(!renewed.config?.includes(password));
});

Deno.test("a node's alarm is tested by the hub alone", async () => {
  await using hub = await startHub({ cluster: { nodes: "john-snow, arya" } });
  const login = { username: "john-snow", password: hub.credential("john-snow") };
  await using client = await TestClient.connect({ port: hub.brokerPort, ...login });
  await client.subscribe(`${ROOT}/alarm/test`, 1);
  await done(hub, "alarm-test", { node: "john-snow" });
  const heard = await client.heard("the test", ({ topic }) => topic === `${ROOT}/alarm/test`);
  assert.deepEqual([heard.payload, heard.retained], ['{"node":"john-snow"}', false]);
  const soon = await post(hub, "alarm-test", { node: "john-snow" });
  assert.ok(Number(soon.headers.get("retry-after")) > 0);
  assert.equal(await errorOf(soon, 429), "too_many_attempts");
  await done(hub, "alarm-test", { node: "arya" });
  await refused(hub, "alarm-test", { node: "bran" }, 404);
  // It is acknowledged and dropped: the hub's next message comes first.
  await client.publish(`${ROOT}/alarm/test`, '{"node":"forged"}', { qos: 1 });
  await hub.process.line('john-snow may not publish to "rpi-cluster/v1/alarm/test"', START);
  await client.subscribe(`${ROOT}/nodes/#`, 1);
  await client.publish(`${ROOT}/nodes/john-snow/echo`, "last", { qos: 1 });
  await client.heard("the last word", ({ payload }) => payload === "last");
  assert.equal(client.messages.some(({ payload }) => payload.includes("forged")), false);
});

Deno.test("a test message goes to everybody, and not twice within a minute", async () => {
  await using double = new TwilioDouble();
  double.statuses(TO, { status: "delivered" });
  await using hub = await startHub(smsBy(double));
  const response = await post(hub, "test-message", {});
  const { outcomes } = await response.json();
  assert.deepEqual(
    outcomes.map((one: { state: string; channel: string; recipient: string }) => [
      one.channel,
      one.recipient,
      one.state,
    ]),
    [["twilio", TO, "delivered"]],
  );
  assert.match(double.sent[0]?.text ?? "", /this is a test message/);
  assert.equal(await errorOf(await post(hub, "test-message", {}), 429), "too_many_attempts");
});

Deno.test("a wrong request about nodes gets an error, and changes nothing", async () => {
  await using hub = await startHub({
    hub: { public_status: "yes" },
    cluster: { nodes: "john-snow" },
  });
  const paths = [`${NODE}/rename`, `${NODE}/forget`, `${NODE}/revoke`, "enrol", "alarm-test"];
  const cookie = { Authorization: "", Cookie: await session(hub) };
  for (const path of [...paths, "test-message"]) {
    assert.equal(
      await errorOf(await post(hub, path, {}, { Authorization: "" }), 401),
      "unauthorized",
    );
    const foreign = await post(hub, path, {}, { ...cookie, Origin: "http://evil.example" });
    assert.equal(await errorOf(foreign, 403), "foreign_origin");
    const form = await post(hub, path, {}, { ...cookie, "Content-Type": "text/plain" });
    assert.equal(await errorOf(form, 415), "unsupported_media_type");
    for (const body of ["{", "[]", "null", '"x"', { strange: 1 }]) {
      assert.match(await refused(hub, path, body), /^body: expected/);
    }
    await refused(hub, path, JSON.stringify({ name: "x".repeat(8192) }), 413);
  }
  for (const name of [7, "", "  ", "two\nlines", "\u0000", "x".repeat(65), "\ud800", ["x"]]) {
    assert.match(await refused(hub, `${NODE}/rename`, { name }), /^name: expected a name/);
    assert.match(await refused(hub, "enrol", { id: "arya", name }), /^name: expected a name/);
  }
  for (const id of [undefined, 7, "", "hub", "Arya", "a/b", "a\nb", "x".repeat(64), "ü"]) {
    assert.match(await refused(hub, "enrol", { id }), /^id: expected/);
  }
  assert.match(await refused(hub, "enrol", { id: "arya", renew: "yes" }), /^renew: expected/);
  for (const node of [undefined, 7, null, {}]) {
    assert.match(await refused(hub, "alarm-test", { node }), /^node: expected/);
  }
  for (const id of ["bran", "..%2fx", "%00", "a%0ab", "x".repeat(500)]) {
    await refused(hub, `nodes/${id}/forget`, {}, 404);
  }
  assert.deepEqual((await hub.nodes()).map(({ name }) => name), ["john-snow"]);
  const passwords = `${hub.statePath}/passwd`;
  assert.throws(() => Deno.statSync(passwords), Deno.errors.NotFound);
});
