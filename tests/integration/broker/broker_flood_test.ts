/**
 * The load that one credential may put on the embedded broker. Other clients must not suffer from
 * it.
 */

import assert from "node:assert/strict";
import { asHub, asNode } from "../../support/broker/tested_broker.ts";
import { type EmbeddedBroker, startEmbedded } from "../../support/broker/embedded_broker.ts";
import {
  ConnectRefused,
  type PublishOptions,
  TestClient,
} from "../../support/broker/mqtt_client.ts";
import { connectPacket, openSocket, untilEnd } from "../../support/broker/mqtt_socket.ts";
import { until } from "../../support/time/until.ts";

const NODES = "rpi-cluster/v1/nodes";
/** The limits of a credential: a burst, and then a rate per second. */
const PACKETS = { burst: 200, perSecond: 50 };
const BYTES = { burst: 256 * 1024, perSecond: 64 * 1024 };
const REPLAYED = { burst: 100_000, perSecond: 5000 };
/** A machine that is busy with other tests. */
const PATIENT = { withinMs: 60_000 };

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}

/** Opens more connections with the credential that `asNode` made. */
async function connections(broker: EmbeddedBroker, user: string, count: number) {
  const password = broker.credentials.enrol(user);
  const login = { port: broker.port, username: user, password };
  return await Promise.all(Array.from({ length: count }, () => TestClient.connect(login)));
}

Deno.test("embedded broker slows down a flooding credential, drops nothing, and serves the others", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  await using stack = new AsyncDisposableStack();
  const flood = await connections(broker, "pi-1", 5);
  for (const client of flood) stack.use(client);
  await using other = await asNode(broker, "pi-2");
  const startedMs = performance.now();
  const each = 100;
  for (let n = 0; n < each; n++) {
    for (const [index, client] of flood.entries()) client.send(`${NODES}/pi-1/${index}`, `${n}`);
  }
  await until("it to be held back", () => broker.refused.length > 0);
  await other.publish(`${NODES}/pi-2/status`, "here", { qos: 1 });
  await hub.heard("the other one", ({ payload }) => payload === "here");
  assert.ok(hub.messages.length < 5 * each, "the other one had to wait");
  await until("all of the flood", () => hub.messages.length === 5 * each + 1, PATIENT);
  const [least, took] = [(5 * each - PACKETS.burst) / PACKETS.perSecond, secondsSince(startedMs)];
  assert.ok(took > least - 0.5, `${took} s`);
  for (const index of flood.keys()) {
    const heard = hub.messages.filter(({ topic }) => topic === `${NODES}/pi-1/${index}`);
    const expected = Array.from({ length: each }, (_, n) => `${n}`);
    assert.deepEqual(heard.map(({ payload }) => payload), expected);
  }
  assert.deepEqual(new Set(broker.refused), new Set(["rate pi-1"]));
  assert.ok(broker.refused.length <= took + 1, `${broker.refused.length} reports`);
});

Deno.test("embedded broker slows down a credential by its bytes", async () => {
  await using broker = await startEmbedded();
  await using pi = await asNode(broker, "pi-1");
  const startedMs = performance.now();
  const payload = "x".repeat(8192);
  const count = 50;
  for (let n = 0; n < count; n++) await pi.publish(`${NODES}/pi-1/big`, payload, { qos: 1 });
  const least = (count * payload.length - BYTES.burst) / BYTES.perSecond;
  assert.ok(secondsSince(startedMs) > least - 0.5, `${secondsSince(startedMs)} s`);
});

Deno.test("embedded broker answers no more pings than a credential may send packets", async () => {
  await using broker = await startEmbedded();
  const password = broker.credentials.enrol("pi-1");
  using socket = await openSocket(broker.port);
  await socket.write(connectPacket({ clientId: "x", keepaliveS: 0, username: "pi-1", password }));
  const buffer = new Uint8Array(4096);
  assert.equal(await socket.read(buffer), 4);
  const startedMs = performance.now();
  await socket.write(new Uint8Array(8000).map((_, index) => index % 2 === 0 ? 0xc0 : 0));
  let answers = 0;
  while (answers < 300) {
    answers += (await socket.read(buffer) ?? 0) / 2;
    const most = PACKETS.burst + 4 + secondsSince(startedMs) * PACKETS.perSecond;
    assert.ok(answers <= most, `${answers} of ${most}`);
  }
});

Deno.test("embedded broker lets a node have its turn beside 30 floods with its credential", async () => {
  await using broker = await startEmbedded();
  const password = broker.credentials.enrol("pi-1");
  const login = { keepaliveS: 0, username: "pi-1", password };
  await using agent = await TestClient.connect({ port: broker.port, ...login });
  let answers = 0;
  const sockets: Deno.TcpConn[] = [];
  const reading: Promise<void>[] = [];
  const count = async (socket: Deno.TcpConn) => {
    const buffer = new Uint8Array(4096);
    for (let length; (length = await socket.read(buffer)) !== null;) answers += length / 2;
  };
  for (let n = 0; n < 30; n++) {
    const socket = await openSocket(broker.port);
    sockets.push(socket);
    await socket.write(connectPacket({ clientId: `${n}`, ...login }));
    assert.equal(await socket.read(new Uint8Array(4)), 4);
    await socket.write(new Uint8Array(8000).map((_, index) => index % 2 === 0 ? 0xc0 : 0));
    reading.push(count(socket));
  }
  await until("them to be held back", () => answers >= PACKETS.burst, PATIENT);
  const before = answers;
  const beats = 3;
  for (let beat = 0; beat < beats; beat++) {
    await agent.publish(`${NODES}/pi-1/status`, `${beat}`, { qos: 1 });
  }
  // Each round handles four packets of each of 31 connections; those of the burst may come late.
  assert.ok(answers - before < beats * 31 * 4 + PACKETS.burst, `${answers - before} others`);
  for (const socket of sockets) socket.close();
  await Promise.allSettled(reading);
});

Deno.test("embedded broker charges nobody for acknowledging what it was sent", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  const count = 1000;
  for (let n = 0; n < count; n++) {
    await hub.publish(`rpi-cluster/v1/hub/verdicts/pi-${n}`, "x", { qos: 1, retain: true });
  }
  await using tracker = await asNode(broker, "pi-1");
  await tracker.subscribe("rpi-cluster/v1/#", 1);
  await until("all verdicts", () => tracker.messages.length === count, PATIENT);
  await tracker.publish(`${NODES}/pi-1/status`, "here", { qos: 1 });
  assert.deepEqual(broker.refused, []);
});

Deno.test("embedded broker reads nothing after CONNECT before the login is decided", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#");
  const password = broker.credentials.enrol("pi-1");
  const topic = new TextEncoder().encode(`${NODES}/pi-1/x`);
  const publish = [0x30, topic.length + 3, 0, topic.length, ...topic, 120];
  for (const isRight of [false, true]) {
    using socket = await openSocket(broker.port);
    const login = { clientId: "x", keepaliveS: 0, username: "pi-1" };
    const connect = connectPacket({ ...login, password: isRight ? password : "wrong" });
    const early = Array.from({ length: 100 }, () => publish).flat();
    await socket.write(new Uint8Array([...connect, ...early]));
    // A client may send packets before its login is answered: section 3.1.4.
    if (isRight) await until("what was said early", () => hub.messages.length === 100);
    else await untilEnd(socket);
  }
  assert.equal(hub.messages.length, 100);
});

Deno.test("embedded broker lets all connections of a credential have so many subscriptions", async () => {
  await using broker = await startEmbedded();
  await using stack = new AsyncDisposableStack();
  const clients = await connections(broker, "pi-1", 4);
  for (const client of clients) stack.use(client);
  const [a, b, c, d] = clients;
  assert.ok(a && b && c && d);
  for (let n = 0; n < 8; n++) {
    assert.equal(await a.subscribe(`${NODES}/+/${n}`), 0);
    assert.equal(await b.subscribe(`${NODES}/+/${n}`), 0);
  }
  assert.equal(await c.subscribe("rpi-cluster/v1/#"), 128);
  for (let n = 0; n < 56; n++) {
    assert.equal(await c.subscribe(`${NODES}/pi-${n}/status`), 0);
    assert.equal(await d.subscribe(`${NODES}/pi-${n}/status`), 0);
  }
  assert.equal(await a.subscribe(`${NODES}/pi-1/status`), 128);
  // A client may repeat a subscription that it already has.
  assert.equal(await a.subscribe(`${NODES}/+/0`, 1), 1);
  await using other = await asNode(broker, "pi-2");
  assert.equal(await other.subscribe("rpi-cluster/v1/#"), 0);
  await b.kill();
  await until("the place to be free", async () => await c.subscribe("rpi-cluster/v1/#") === 0);
});

Deno.test("embedded broker limits unsent bytes of all connections of a credential", async () => {
  await using broker = await startEmbedded();
  const frozen = await connections(broker, "pi-1", 8);
  for (const client of frozen) {
    await client.subscribe("rpi-cluster/v1/#");
    client.freeze();
  }
  await using hub = await asHub(broker);
  const unsent = () => broker.log.map((line) => /does not read: (\d+) bytes/.exec(line)?.[1]);
  const payload = "x".repeat(8000);
  for (let sent = 0; unsent().length === 0 && sent < 20_000; sent++) {
    await hub.publish(`${NODES}/pi-2/vitals`, payload);
  }
  const [bytes] = unsent();
  assert.ok(Number(bytes) > 500_000 && Number(bytes) < 3_000_000, `${bytes} bytes`);
  assert.ok(frozen.some(({ isClosed }) => !isClosed));
  await Promise.all(frozen.map((client) => client.kill()));
});

Deno.test("embedded broker limits unsent bytes of all credentials together, and serves the others", async () => {
  await using broker = await startEmbedded();
  const frozen: TestClient[] = [];
  for (let n = 0; n < 10; n++) frozen.push(...await connections(broker, `pi-${n}`, 1));
  for (const client of frozen) {
    await client.subscribe("rpi-cluster/v1/#");
    client.freeze();
  }
  await using reader = await asNode(broker, "reader");
  await reader.subscribe("rpi-cluster/v1/#");
  await using hub = await asHub(broker);
  const unsent = () =>
    broker.log.flatMap((line) => /does not read: (\d+) bytes/.exec(line)?.[1] ?? []);
  const payload = "x".repeat(8000);
  let sent = 0;
  for (; unsent().length === 0 && sent < 20_000; sent++) {
    await hub.publish(`${NODES}/pi-2/vitals`, payload);
  }
  // Less than the limit of a credential.
  assert.ok(unsent().every((bytes) => Number(bytes) < 8 * 1024 * 1024), unsent().join(" "));
  assert.ok(frozen.some(({ isClosed }) => !isClosed));
  await until("the one that reads to have all", () => reader.messages.length === sent, PATIENT);
  await Promise.all(frozen.map((client) => client.kill()));
});

Deno.test("embedded broker slows down a client that requests all retained messages repeatedly", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  const retained = 3000;
  for (let n = 0; n < retained; n++) {
    await hub.publish(`rpi-cluster/v1/hub/verdicts/pi-${n}`, "x", { retain: true });
  }
  // The acknowledgement shows that the broker has read everything.
  await hub.publish("rpi-cluster/v1/hub/last", "x", { qos: 1 });
  await using pi = await asNode(broker, "pi-1");
  const startedMs = performance.now();
  let subscribed = 0;
  while (broker.refused.length === 0 && subscribed < 100) {
    await pi.subscribe("rpi-cluster/v1/#");
    subscribed++;
  }
  const { burst, perSecond } = REPLAYED;
  const most = (burst + secondsSince(startedMs) * perSecond) / retained + 3;
  assert.ok(subscribed >= burst / retained && subscribed <= most, `${subscribed} of ${most}`);
});

Deno.test("embedded broker slows down none of 1,000 nodes and no observer of them", async () => {
  await using broker = await startEmbedded();
  await using watcher = await asNode(broker, "watcher");
  await watcher.subscribe("rpi-cluster/v1/#", 1);
  const nodes: TestClient[] = [];
  const count = 1000;
  for (let n = 0; n < count; n++) {
    const [node] = await connections(broker, `pi-${n}`, 1);
    if (node !== undefined) nodes.push(node);
  }
  const say = (what: string, options: PublishOptions = {}) =>
    Promise.all(nodes.map((node, n) => node.publish(`${NODES}/pi-${n}/${what}`, what, options)));
  await say("status", { qos: 1, retain: true });
  for (let beat = 0; beat < 10; beat++) await say("heartbeat");
  await until("all to be heard", () => watcher.messages.length === 11 * count, PATIENT);
  // A new observer receives the status of all nodes, and acknowledges each.
  await using second = await asNode(broker, "second");
  await second.subscribe("rpi-cluster/v1/#", 1);
  await until("all to be told", () => second.messages.length === count, PATIENT);
  await second.publish(`${NODES}/second/status`, "here", { qos: 1 });
  assert.deepEqual(broker.refused, []);
  assert.deepEqual(broker.log, []);
  await Promise.all(nodes.map((node) => node.kill()));
});

Deno.test("embedded broker admits no more of a credential whose ended connections cannot be closed", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  // More than the system buffers for a connection that does not read.
  for (let n = 0; n < 1200; n++) {
    const payload = "x".repeat(8000);
    await hub.publish(`rpi-cluster/v1/hub/verdicts/pi-${n}`, payload, { qos: 1, retain: true });
  }
  const login = { port: broker.port, username: "pi-1", password: broker.credentials.enrol("pi-1") };
  const deaf: TestClient[] = [];
  await until("the credential to be refused", async () => {
    try {
      const client = await TestClient.connect(login);
      deaf.push(client);
      await client.subscribe("rpi-cluster/v1/#");
      client.freeze();
      return false;
    } catch (error) {
      if (error instanceof ConnectRefused) return true;
      throw error;
    }
  }, PATIENT);
  // 64 ended ones and up to 32 open ones; the login budget alone allows 100.
  assert.ok(deaf.length > 64 && deaf.length <= 64 + 32, `${deaf.length} connections`);
  assert.ok(broker.refused.includes("sessions pi-1"), broker.refused.join());
  await using _other = await asNode(broker, "pi-2");
  await Promise.all(deaf.map((client) => client.kill()));
  await until("the credential to be admitted", async () => {
    const client = await TestClient.connect(login).catch(() => undefined);
    await client?.kill();
    return client;
  }, PATIENT);
});
