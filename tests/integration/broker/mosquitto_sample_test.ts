/** The Mosquitto configuration that we distribute, unchanged, in a real Mosquitto. */

import assert from "node:assert/strict";
import { testBroker } from "../../support/broker/broker_suite.ts";
import { asHub, asNode } from "../../support/broker/tested_broker.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { makeCertificates, startSample } from "../../support/broker/sample_mosquitto.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

const BIRTHS = 500;
/** The smallest write of a file system. */
const BLOCK_BYTES = 4096;

function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/io`))?.[1]);
}

testBroker("Mosquitto with our configuration", () => startSample());

Deno.test("Mosquitto with our rules keeps nothing of a node but its own topics", async () => {
  await using broker = await startSample();
  await using thief = await asNode(broker, "thief");
  const own = "rpi-cluster/v1/nodes/thief";
  const retained = { qos: 1, retain: true } as const;
  for (const place of ["", "/1", "/status/2", "/a/b/c"]) {
    await thief.publish(own + place, "kept for ever?", retained);
  }
  await thief.publish(`${own}/status`, "birth", retained);
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  await hub.heard("what is kept", ({ topic }) => topic === `${own}/status`);
  await hub.publish("rpi-cluster/v1/hub/echo", "the end");
  await hub.heard("the end", ({ payload }) => payload === "the end");
  assert.deepEqual(hub.messages.map(({ payload }) => payload), ["birth", "the end"]);
});

Deno.test("Mosquitto with our rules tells the hub alone how many messages it has dropped", async () => {
  const dropped = "$SYS/broker/publish/messages/dropped";
  await using broker = await startSample();
  await using thief = await asNode(broker, "thief");
  await using hub = await asHub(broker);
  for (const client of [thief, hub]) await client.subscribe("$SYS/#");
  await hub.heard("the figure", ({ topic }) => topic === dropped);
  await thief.subscribe("rpi-cluster/v1/#");
  await thief.publish("rpi-cluster/v1/nodes/thief/heartbeat", "the end");
  await thief.heard("the end", ({ payload }) => payload === "the end");
  assert.deepEqual(new Set(hub.messages.map(({ topic }) => topic)), new Set([dropped]));
  assert.deepEqual(thief.messages.map(({ payload }) => payload), ["the end"]);
});

Deno.test("a storm of births does not make Mosquitto write to its disk at each of them", async () => {
  await using broker = await startSample();
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  await using thief = await asNode(broker, "thief");
  const before = writtenBytes(broker.pid);
  for (let birth = 0; birth < BIRTHS; birth++) {
    const payload = JSON.stringify({ kind: "birth", birth });
    await thief.publish("rpi-cluster/v1/nodes/thief/status", payload, { qos: 1, retain: true });
  }
  assert.ok(writtenBytes(broker.pid) - before < BIRTHS * BLOCK_BYTES / 10);
});

Deno.test("Mosquitto with our TLS configuration serves clients that trust our authority", async () => {
  using folder = new TemporaryFolder();
  const certificates = await makeCertificates(folder.path);
  await using broker = await startSample({ tls: certificates });
  const login = { port: broker.tlsPort, username: "hub", password: broker.hubPassword };
  const tls = { hostname: "127.0.0.1", ca: certificates.ca };
  await using hub = await TestClient.connect({ ...login, tls });
  await hub.subscribe("rpi-cluster/v1/#");
  await hub.publish("rpi-cluster/v1/hub/echo", "echo");
  await hub.heard("its echo over TLS", ({ payload }) => payload === "echo");
  await assert.rejects(TestClient.connect({ ...login, tls: { ...tls, hostname: "localhost" } }));
});

Deno.test("Mosquitto with our TLS configuration is refused by clients that do not", async () => {
  using folder = new TemporaryFolder();
  const certificates = await makeCertificates(folder.path);
  await using broker = await startSample({ tls: certificates });
  using strangers = new TemporaryFolder();
  const { ca } = await makeCertificates(strangers.path);
  const login = { port: broker.tlsPort, username: "hub", password: broker.hubPassword };
  await assert.rejects(
    TestClient.connect({ ...login, tls: { hostname: "127.0.0.1", ca } }),
    /certificate/,
  );
});
