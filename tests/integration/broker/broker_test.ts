/** The embedded broker: the common suite for all brokers, and its additional guarantees. */

import assert from "node:assert/strict";
import { startBroker } from "../../../hub/broker/broker.ts";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { UserError } from "../../../io/program/user_error.ts";
import { testBroker } from "../../support/broker/broker_suite.ts";
import { asHub, asNode } from "../../support/broker/tested_broker.ts";
import { startEmbedded } from "../../support/broker/embedded_broker.ts";
import { ConnectRefused, TestClient } from "../../support/broker/mqtt_client.ts";
import {
  connectPacket,
  connectPacketOf5,
  openSocket,
  readAll,
  untilEnd,
} from "../../support/broker/mqtt_socket.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { isInTime } from "../../support/time/patience.ts";
import { until, within } from "../../support/time/until.ts";

const NODES = "rpi-cluster/v1/nodes";

testBroker("embedded broker", () => startEmbedded());

Deno.test("embedded broker publishes no last will of a revoked node", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  await using pi = await asNode(broker, "pi-1", {
    will: { topic: `${NODES}/pi-1/status`, payload: "will" },
  });
  broker.credentials.revoke("pi-1");
  await pi.closed;
  await using other = await asNode(broker, "pi-2");
  await other.publish(`${NODES}/pi-2/status`, "later", { qos: 1 });
  await hub.heard("a later message", ({ payload }) => payload === "later");
  assert.equal(hub.messages.some(({ payload }) => payload === "will"), false);
});

Deno.test("embedded broker answers a forbidden subscription by 128", async () => {
  await using broker = await startEmbedded();
  await using pi = await asNode(broker, "pi-1");
  for (const filter of ["#", "$SYS/#", "+/v1/#", "rpi-cluster/#"]) {
    assert.equal(await pi.subscribe(filter), 128, filter);
  }
  assert.equal(await pi.subscribe("rpi-cluster/v1/#"), 0);
});

Deno.test("embedded broker logs once what a client may not do, however often it tries", async () => {
  await using broker = await startEmbedded();
  const will = { topic: "homeassistant/status", payload: "offline" };
  const refusals = () => broker.log.filter((line) => line.includes("home-assistant"));
  const password = broker.credentials.enrol("home-assistant");
  const login = { port: broker.port, username: "home-assistant", password, will };
  for (let connection = 0; connection < 3; connection++) {
    const client = await TestClient.connect(login);
    assert.equal(await client.subscribe("homeassistant/#"), 128);
    for (const qos of [0, 1, 2] as const) await client.publish(will.topic, "online", { qos });
    await client.kill();
  }
  const expected = [
    'warning: home-assistant may not subscribe to "homeassistant/#"',
    'warning: home-assistant may not publish to "homeassistant/status"',
  ];
  assert.deepEqual(refusals(), expected);
  await using client = await TestClient.connect(login);
  for (let n = 0; n < 100; n++) await client.publish(`made/up/${n}`, "x", { qos: 1 });
  assert.deepEqual(refusals(), expected);
  assert.ok(broker.refused.filter((line) => line === "forbidden home-assistant").length > 100);
  await using _other = await asNode(broker, "pi-1");
  assert.equal(client.isClosed, false);
});

Deno.test("embedded broker publishes only the allowed last will of a user", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  for (const  of of["pi-2", "pi-1"]) {
    const will = { topic: `${NODES}/${of}/status`, payload: `will of ${of}`, retain: true };
    const pi = await asNode(broker, "pi-1", { will });
    await pi.kill();
  }
  await hub.heard("the own will", ({ payload }) => payload === "will of pi-1");
  assert.equal(hub.messages.length, 1);
  assert.deepEqual(broker.log.filter((line) => line.includes("may not publish")), [
    `warning: pi-1 may not publish to "${NODES}/pi-2/status"`,
  ]);
});

Deno.test("embedded broker refuses an MQTT 5 client in MQTT 5 format", async () => {
  await using broker = await startEmbedded();
  const password = broker.credentials.enrol("home-assistant");
  const login = { port: broker.port, username: "home-assistant", password };
  for (let attempt = 0; attempt < 3; attempt++) {
    await assert.rejects(
      TestClient.connect({ ...login, protocolVersion: 5 }),
      (error) => error instanceof ConnectRefused && error.code === 0x84,
    );
  }
  const lines = broker.log.filter((line) => line.includes("MQTT 5"));
  assert.equal(lines.length, 1, broker.log.join("\n"));
  assert.match(lines[0] ?? "", /^warning: home-assistant speaks MQTT 5 .* choose 3\.1\.1/);
  await using _pi = await TestClient.connect(login);
});

Deno.test("embedded broker's refusal of MQTT 5 is the packet that section 3.2 describes", async () => {
  await using broker = await startEmbedded();
  using socket = await openSocket(broker.port);
  await socket.write(connectPacketOf5("paho"));
  const bytes = await within("the answer", readAll(socket));
  const text = new TextDecoder().decode(bytes.slice(8));
  // CONNACK, its length, no session, unsupported protocol version, one property: a reason string.
  const lengths = [text.length + 6, text.length + 3, text.length];
  assert.deepEqual([...bytes.slice(0, 8)], [
    ...[0x20, lengths[0], 0, 0x84],
    ...[lengths[1], 0x1f, 0, lengths[2]],
  ]);
  assert.match(text, /MQTT 3\.1\.1/);
});

Deno.test("embedded broker loses no last will and no birth among heartbeats", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  // Other users may not send this much.
  await using busy = await asHub(broker);
  const flood = new AbortController();
  const flooding = (async () => {
    for (let beat = 0; !flood.signal.aborted; beat++) {
      busy.send(`${NODES}/pi-1/heartbeat`, `${beat}`);
      if (beat % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  })();
  const topic = `${NODES}/pi-2/status`;
  const password = broker.credentials.enrol("pi-2");
  for (let session = 0; session < 100; session++) {
    const will = { topic, payload: `will ${session}`, retain: true };
    const login = { port: broker.port, username: "pi-2", password, will };
    const pi = await TestClient.connect(login);
    await pi.publish(topic, `birth ${session}`, { qos: 1, retain: true });
    await pi.kill();
  }
  flood.abort();
  await flooding;
  await hub.heard("the last will of the last session", ({ payload }) => payload === "will 99");
  const statuses = hub.messages.filter((message) => message.topic === topic);
  assert.deepEqual(new Set(statuses.map(({ payload }) => payload)).size, 200);
});

Deno.test("embedded broker ends a connection at an oversized length, before its body", async () => {
  await using broker = await startEmbedded();
  // A PUBLISH that announces 256 MB, and an invalid length of five digits.
  for (const header of [[0x30, 0xff, 0xff, 0xff, 0x7f], [0x10, 0xff, 0xff, 0xff, 0xff, 0x01]]) {
    using socket = await openSocket(broker.port);
    await socket.write(new Uint8Array(header));
    await within("the connection to end", untilEnd(socket));
  }
  await using _hub = await asHub(broker);
});

Deno.test("embedded broker survives noise of every kind", async () => {
  await using broker = await startEmbedded();
  const noise = [
    new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), // a TLS greeting
    new Uint8Array([0x10, 0x00]),
    new Uint8Array([0xc0, 0x00]), // PINGREQ before CONNECT
    new Uint8Array(64).fill(0xff),
    connectPacket({ clientId: "x".repeat(2000), keepaliveS: 60 }),
  ];
  for (const bytes of noise) {
    using socket = await openSocket(broker.port);
    await socket.write(bytes);
    await within("the connection to end", untilEnd(socket));
  }
  await using _hub = await asHub(broker);
});

Deno.test("embedded broker enforces a client's keepalive, and then publishes its will", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  const password = broker.credentials.enrol("pi-1");
  const will = { topic: `${NODES}/pi-1/status`, payload: "will" };
  const login = { clientId: "mute", keepaliveS: 1, username: "pi-1", password, will };
  using socket = await openSocket(broker.port);
  const startedMs = performance.now();
  await socket.write(connectPacket(login));
  await hub.heard("the will", ({ payload }) => payload === "will");
  // MQTT-3.1.2-24: one and a half times the keepalive.
  assert.ok(performance.now() - startedMs >= 1400);
});

Deno.test("embedded broker drops an observer that does not read, and holds up nobody", async () => {
  await using broker = await startEmbedded();
  await using frozen = await asNode(broker, "pi-1");
  await frozen.subscribe("rpi-cluster/v1/#");
  frozen.freeze();
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#");
  // Other users may not send this much.
  await using busy = await asHub(broker);
  const payload = "x".repeat(8000);
  const isDropped = () => broker.log.some((line) => line.includes("pi-1: does not read"));
  let sent = 0;
  let slowestMs = 0;
  while (!isDropped() && sent < 20_000) {
    for (let i = 0; i < 50; i++, sent++) await busy.publish(`${NODES}/pi-2/vitals`, payload);
    const startedMs = performance.now();
    await busy.publish(`${NODES}/pi-2/status`, "x", { qos: 1 });
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  }
  assert.ok(isDropped(), `after ${sent} messages of 8 kB`);
  assert.ok(isInTime(slowestMs, 1000), `${slowestMs} ms`);
  await until(
    "the reading observer to have all",
    () => hub.messages.filter(({ payload }) => payload.length === 8000).length === sent,
  );
  await frozen.kill();
});

Deno.test("embedded broker keeps a bounded number of a node's messages and connections", async () => {
  await using broker = await startEmbedded();
  await using pi = await asNode(broker, "pi-1");
  const keep = (n: number) => pi.publish(`${NODES}/pi-1/${n}`, "x", { qos: 1, retain: true });
  for (let n = 0; n < 16; n++) await keep(n);
  await keep(0);
  await pi.publish(`${NODES}/pi-1/1`, "", { qos: 1, retain: true });
  await keep(16);
  await keep(17);
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  await pi.publish(`${NODES}/pi-1/last`, "last", { qos: 1 });
  await hub.heard("the last message", ({ payload }) => payload === "last");
  const kept = hub.messages.filter(({ retained }) => retained).map(({ topic }) => topic);
  assert.equal(kept.length, 16);
  assert.equal(kept.includes(`${NODES}/pi-1/17`), false);

  const password = broker.credentials.enrol("pi-2");
  const login = { port: broker.port, username: "pi-2", password };
  await using stack = new AsyncDisposableStack();
  for (let n = 0; n < 32; n++) stack.use(await TestClient.connect(login));
  await assert.rejects(TestClient.connect(login), ConnectRefused);
  await using _other = await asNode(broker, "pi-3");
});

Deno.test("embedded broker keeps no session and queues nothing for an absent observer", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  const observer = { clientId: "observer", clean: false };
  const password = broker.credentials.enrol("pi-1");
  const login = { port: broker.port, username: "pi-1", password, ...observer };
  const before = await TestClient.connect(login);
  await before.subscribe("rpi-cluster/v1/#", 1);
  await before.kill();
  await hub.publish("rpi-cluster/v1/alarm", "missed", { qos: 1 });
  await using after = await TestClient.connect(login);
  await after.subscribe("rpi-cluster/v1/#", 1);
  await hub.publish("rpi-cluster/v1/alarm", "heard", { qos: 1 });
  await after.heard("the later message", ({ payload }) => payload === "heard");
  assert.deepEqual(after.messages.map(({ payload }) => payload), ["heard"]);
});

Deno.test("embedded broker stops within 500 ms with 50 clients and publishes none of their wills", async () => {
  await using broker = await startEmbedded();
  const password = broker.credentials.enrol("pi-1");
  const hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  const clients: TestClient[] = [hub];
  for (let n = 0; n < 50; n++) {
    const [id, will] = [`pi-${n + 2}`, { topic: `${NODES}/pi-${n + 2}/status`, payload: "will" }];
    clients.push(await asNode(broker, id, { will }));
  }
  using stranger = await openSocket(broker.port);
  const late = TestClient.connect({ port: broker.port, username: "pi-1", password });
  late.catch(() => {});
  const startedMs = performance.now();
  await broker.broker[Symbol.asyncDispose]();
  assert.ok(isInTime(performance.now() - startedMs, 500), `${performance.now() - startedMs} ms`);
  await untilEnd(stranger);
  for (const client of clients) await within("every client's end", client.closed);
  assert.deepEqual(hub.messages, []);
  await late.then((client) => client.kill(), () => {});
  for (const client of clients) await client[Symbol.asyncDispose]();
});

Deno.test("embedded broker ends with the program that it belongs to", async () => {
  const stop = new AbortController();
  await using broker = await startEmbedded(stop.signal);
  await using hub = await asHub(broker);
  stop.abort();
  await within("the end of the connection", hub.closed);
  await assert.rejects(asHub(broker));
});

Deno.test("embedded broker reports a used port at once", async () => {
  await using broker = await startEmbedded();
  const listen = { hostname: "127.0.0.1", port: broker.port };
  using folder = new TemporaryFolder();
  await assert.rejects(
    startBroker({
      listen,
      credentials: new Credentials(folder.file("passwd")),
      topicRoot: "rpi-cluster",
      stop: new AbortController().signal,
    }),
    (error) => error instanceof UserError && error.cause instanceof Deno.errors.AddrInUse,
  );
});
