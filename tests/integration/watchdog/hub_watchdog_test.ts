/** A real hub pings the watcher outside only while it works, and says why when it does not. */

import assert from "node:assert/strict";
import type { StatusView } from "../../../core/api/status_view.ts";
import { allAre, Nodes, sendingTo, WITHIN_MS } from "../../support/alerting/told.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { WebhookDouble, type WebhookDoubleRequest } from "../../support/delivery/webhook_double.ts";
import { SmallDisk } from "../../support/faults/fault_disk.ts";
import { Hub, type Sections, startHub, withSections } from "../../support/program/programs.ts";
import { testTogether } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

const PATIENCE = { withinMs: WITHIN_MS };
const SECRET = "5b8f2a1c-secret-of-the-check";

/** The watcher, and the sections of a hub that pings it. Faults count at once. */
function watched() {
  const watcher = new WebhookDouble(() => ({ status: 200, json: "OK" }));
  const config: Sections = {
    watchdog: { url: `${watcher.url}/${SECRET}`, every: "10s" },
    alerts: { hold: "0s", group: "0s", blind_after: "1s" },
  };
  return { watcher, config };
}

const isSuccess = ({ path }: WebhookDoubleRequest) => path === `/${SECRET}`;

/** Waits for a ping of this kind after the first `after` ones; returns how many there are then. */
async function untilPinged(
  { requests }: WebhookDouble,
  isIt: (request: WebhookDoubleRequest) => boolean,
  { after = 0, what }: { readonly after?: number; readonly what: string },
): Promise<number> {
  await until(what, () => requests.slice(after).some(isIt), PATIENCE);
  return requests.length;
}

const failure = (reason: RegExp) => ({ path, body }: WebhookDoubleRequest) =>
  path === `/${SECRET}/fail` && reason.test(body);

async function statusOf(hub: Hub): Promise<StatusView> {
  return await hub.api<StatusView>("/api/v1/status");
}

async function metricsOf(hub: Hub): Promise<string> {
  const headers = { Authorization: `Bearer ${hub.password}` };
  return await (await hub.fetch("/metrics", { headers })).text();
}

async function blindRow(): Promise<void> {
  const { watcher, config } = watched();
  await using _watcher = watcher;
  await using broker = await Mosquitto.start();
  const mqtt = { hub: { broker: "none" }, mqtt: { url: `mqtt://127.0.0.1:${broker.port}` } };
  await using hub = await startHub(withSections(mqtt, config));
  let count = await untilPinged(watcher, isSuccess, { what: "the first ping" });
  await until("the view", async () => (await statusOf(hub)).watchdog?.said === "works", PATIENCE);
  assert.match(await metricsOf(hub), /^rpi_cluster_watchdog_works 1$/m);
  assert.match(await metricsOf(hub), /^rpi_cluster_watchdog_last_ping_timestamp_seconds 1\d{9}/m);
  assert.match((await hub.run("status")).text, /^The watcher outside: last pinged .*\.$/m);
  assert.match((await hub.run("doctor")).text, /^ok +watchdog +last pinged at /m);

  await broker.stop();
  const blind = /does not see the cluster/;
  count = await untilPinged(watcher, failure(blind), { after: count, what: "that it is blind" });
  const { watchdog } = await statusOf(hub);
  assert.equal(watchdog?.faults[0]?.kind, "blind");
  assert.match(await metricsOf(hub), /^rpi_cluster_watchdog_works 0$/m);
  const { text } = await hub.run("status");
  assert.match(text, /It gets no sign that all is well: the hub does not see the cluster/);
  assert.match((await hub.run("doctor")).text, /^wrong +watchdog +gets no ping: /m);
  assert.ok(!watcher.requests.slice(count).some(isSuccess), "a blind hub said that it works");

  await broker.start();
  await untilPinged(watcher, isSuccess, { after: count, what: "that it works again" });
  const log = hub.process.lines.join("\n");
  assert.match(log, /told the watcher outside that the hub does not work/);
  assert.ok(!log.includes(SECRET), "the log shows the secret");
  assert.ok(!JSON.stringify(await statusOf(hub)).includes(SECRET), "the status shows the secret");
  assert.ok(!(await metricsOf(hub)).includes(SECRET), "the metrics show the secret");
  assert.ok(
    watcher.requests.every(({ headers }) => /^rpi-cluster/.test(headers.get("user-agent") ?? "")),
  );
}

async function fullDiskRow(): Promise<void> {
  const { watcher, config } = watched();
  await using _watcher = watcher;
  await using hub = new Hub(config, {});
  await using disk = await SmallDisk.mount(hub.statePath);
  await hub.start();
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  await nodes.start("Arya");
  await allAre(hub, ["arya"], "alive");
  let count = await untilPinged(watcher, isSuccess, { what: "the first ping" });
  await disk.fill();
  // A death is written at once.
  await nodes.kill("arya");
  const full = /cannot write its history: its disk is full/;
  count = await untilPinged(watcher, failure(full), { after: count, what: "that it is full" });
  await disk.free();
  await untilPinged(watcher, isSuccess, { after: count, what: "that it works again" });
}

async function stuckOutboxRow(): Promise<void> {
  const { watcher, config } = watched();
  await using _watcher = watcher;
  await using phone = new TwilioDouble();
  await using hub = await startHub(withSections(sendingTo(phone), config));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  await nodes.start("Arya");
  await allAre(hub, ["arya"], "alive");
  let count = await untilPinged(watcher, isSuccess, { what: "the first ping" });
  phone.otherwise({ kind: "error", status: 503, code: 20503, message: "Unavailable" });
  await nodes.kill("arya");
  const waits = /messages of the hub wait and do not go out/;
  count = await untilPinged(watcher, failure(waits), { after: count, what: "that one waits" });
  phone.otherwise({ kind: "created" });
  await untilPinged(watcher, isSuccess, { after: count, what: "that it works again" });
}

async function refusedProviderRow(): Promise<void> {
  const { watcher, config } = watched();
  await using _watcher = watcher;
  await using phone = new TwilioDouble();
  const wrong = sendingTo(phone, { sms: { auth_token: "wrong" } });
  await using hub = await startHub(withSections(wrong, config));
  const none = /reaches no provider of messages/;
  const count = await untilPinged(watcher, failure(none), { what: "that no provider takes any" });
  await hub.stop();
  hub.configure(withSections(sendingTo(phone), config));
  await hub.start();
  await untilPinged(watcher, isSuccess, { after: count, what: "that it works again" });
}

/** A ping that hangs delays neither a verdict nor the end of the hub. */
async function hangingRow(): Promise<void> {
  const { watcher, config } = watched();
  await using _watcher = watcher;
  watcher.otherwise({ kind: "hang" });
  await using phone = new TwilioDouble();
  await using hub = await startHub(withSections(sendingTo(phone), config));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  await nodes.start("Arya");
  await allAre(hub, ["arya"], "alive");
  await watcher.waitFor("requests", 1, WITHIN_MS);
  await nodes.kill("arya");
  await until("the message", () => phone.sent.length > 0, PATIENCE);
  const count = watcher.requests.length;
  await until(
    "the log of the ping",
    () => hub.process.lines.some((line) => line.includes("did not accept a ping")),
    PATIENCE,
  );
  await until("another ping", () => watcher.requests.length > count, PATIENCE);
  const { watchdog } = await statusOf(hub);
  assert.deepEqual([watchdog?.last_ping_at, watchdog?.error], [null, { code: "no_answer" }]);
  await hub.stop();
}

/** Nobody but those who log in hears of the watcher. */
async function guestRow(): Promise<void> {
  const { watcher, config } = watched();
  await using _watcher = watcher;
  await using hub = await startHub(withSections(config, { hub: { public_status: "yes" } }));
  await untilPinged(watcher, isSuccess, { what: "the first ping" });
  const guest = await (await hub.fetch("/api/v1/status")).json();
  assert.equal("watchdog" in guest, false);
}

testTogether("the watcher outside is told the truth", {
  "a blind hub": blindRow,
  "a hub whose disk is full": fullDiskRow,
  "a hub whose messages wait": stuckOutboxRow,
  "a hub whose provider refuses": refusedProviderRow,
  "a watcher that hangs": hangingRow,
  "a guest": guestRow,
});

Deno.test("a hub without a watcher says nothing of one, and its doctor says what is missing", async () => {
  await using hub = await startHub({});
  assert.equal("watchdog" in await statusOf(hub), false);
  assert.doesNotMatch(await metricsOf(hub), /^rpi_cluster_watchdog_\w+ /m);
  assert.doesNotMatch((await hub.run("status")).text, /watcher/);
  assert.match((await hub.run("doctor")).text, /^ok +watchdog +none: /m);
});
