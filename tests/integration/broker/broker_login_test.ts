/** Logins at the embedded broker: who is admitted, who waits, and what the log says about the rest. */

import assert from "node:assert/strict";
import { brokerBudget } from "../../../core/limits/connection_budget.ts";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { asHub, asNode } from "../../support/broker/tested_broker.ts";
import { startEmbedded } from "../../support/broker/embedded_broker.ts";
import { ConnectRefused, TestClient } from "../../support/broker/mqtt_client.ts";
import { connectPacket, openSocket, untilEnd } from "../../support/broker/mqtt_socket.ts";
import { until, within } from "../../support/time/until.ts";

const NODES = "rpi-cluster/v1/nodes";

Deno.test("embedded broker admits the hub by this start's own password only", async () => {
  await using broker = await startEmbedded();
  const password = broker.credentials.enrol("hub");
  const login = { port: broker.port, username: "hub" };
  await assert.rejects(TestClient.connect({ ...login, password }), ConnectRefused);
  await using _hub = await asHub(broker);
});

Deno.test("embedded broker notices what another process does to the password file", async () => {
  await using broker = await startEmbedded();
  await using pi = await asNode(broker, "pi-1");
  const elsewhere = new Credentials(broker.credentials.path);
  const password = elsewhere.enrol("pi-2");
  await using _other = await TestClient.connect({ port: broker.port, username: "pi-2", password });
  elsewhere.revoke("pi-1");
  await within("the revoked node's end", pi.closed);
});

Deno.test("embedded broker lets a client id end only connections of the same user", async () => {
  await using broker = await startEmbedded();
  await using pi = await asNode(broker, "pi-1", { clientId: "agent" });
  await using other = await asNode(broker, "pi-2", { clientId: "agent" });
  await pi.publish(`${NODES}/pi-1/status`, "here", { qos: 1 });
  await using _successor = await asNode(broker, "pi-2", { clientId: "agent" });
  await within("the predecessor's end", other.closed);
  await pi.publish(`${NODES}/pi-1/status`, "still here", { qos: 1 });
});

Deno.test("embedded broker reports wrong logins by address and known name, never by typed text", async () => {
  await using broker = await startEmbedded();
  broker.credentials.enrol("pi-1");
  const typed = "not-the-password";
  for (let n = 0; n < 3; n++) {
    const logins = [
      { username: typed, password: "pi-1" }, // typed into the wrong field
      { username: "pi-1", password: typed },
    ];
    for (const login of logins) {
      await assert.rejects(TestClient.connect({ port: broker.port, ...login }), ConnectRefused);
    }
  }
  assert.equal(broker.log.length, 1, broker.log.join("\n"));
  assert.match(broker.log[0] ?? "", /^warning: pi-1 gave a wrong password, from 127\.0\.0\.1; /);
  assert.deepEqual(broker.refused, Array.from({ length: 6 }, () => "broker_login 127.0.0.1"));
});

Deno.test("embedded broker reports a connection without MQTT only by its address", async () => {
  await using broker = await startEmbedded();
  const noise = [
    new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), // a TLS greeting
    new Uint8Array([0xc0, 0x00]), // PINGREQ before CONNECT
    connectPacket({ clientId: "x".repeat(200), keepaliveS: 60 }),
  ];
  for (const bytes of noise) {
    using socket = await openSocket(broker.port);
    await socket.write(bytes);
    await within("the connection to end", untilEnd(socket), { withinMs: 30_000 });
  }
  assert.deepEqual(broker.log, []);
  assert.deepEqual(broker.refused, noise.map(() => "protocol 127.0.0.1"));
});

Deno.test("embedded broker lets a node in at once while its neighbours flood it with wrong logins", async () => {
  await using broker = await startEmbedded();
  const [known, fresh] = [broker.credentials.enrol("pi-1"), broker.credentials.enrol("pi-2")];
  await using _before = await TestClient.connect({
    port: broker.port,
    username: "pi-1",
    password: known,
  });
  await using sockets = new AsyncDisposableStack();
  for (let n = 0; n < 400; n++) {
    const socket = sockets.adopt(await openSocket(broker.port), (open) => open.close());
    const login = { username: n % 2 === 0 ? "pi-1" : `stranger-${n}`, password: "wrong" };
    await socket.write(connectPacket({ clientId: `${n}`, keepaliveS: 60, ...login }));
  }
  // One login under its own name, which is flooded from its own address but was verified before,
  // and one under a name that never failed.
  const logins = [{ username: "pi-1", password: known }, { username: "pi-2", password: fresh }];
  for (const login of logins) {
    await using pi = await TestClient.connect({ port: broker.port, ...login });
    await pi.publish(`${NODES}/${login.username}/status`, "here", { qos: 1 });
  }
  await until("most of the flood to be refused", () => broker.refused.length >= 300);
  assert.deepEqual(new Set(broker.refused), new Set(["broker_login 127.0.0.1"]));
  assert.equal(broker.log.length, 1, broker.log.join("\n"));
});

Deno.test("embedded broker slows down a credential that logs in without end, and no other", async () => {
  await using broker = await startEmbedded();
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  const password = broker.credentials.enrol("pi-1");
  const will = { topic: `${NODES}/pi-1/status`, payload: "will" };
  let admitted = 0;
  while (!broker.refused.includes("sessions pi-1")) {
    assert.ok(admitted < 1000, "it was never refused");
    try {
      const login = { port: broker.port, username: "pi-1", password, will, clientId: "same" };
      await (await TestClient.connect(login)).kill();
      admitted++;
    } catch (error) {
      assert.ok(error instanceof ConnectRefused && error.code === 3, String(error));
    }
  }
  await using other = await asNode(broker, "pi-2");
  await other.publish(`${NODES}/pi-2/status`, "here", { qos: 1 });
  await hub.heard("the other one", ({ payload }) => payload === "here");
  await until("the credential to be admitted again", async () => {
    const login = { port: broker.port, username: "pi-1", password };
    const client = await TestClient.connect(login).catch(() => undefined);
    await client?.kill();
    return client !== undefined;
  });
  assert.ok(hub.messages.filter(({ payload }) => payload === "will").length <= admitted);
  assert.deepEqual(broker.log.filter((line) => line.includes("connection")), []);
});

Deno.test("embedded broker refuses a node beyond its maximum, and admits it when another has left", async () => {
  const budget = { ...brokerBudget(), nodesMax: 2 };
  await using broker = await startEmbedded(new AbortController().signal, budget);
  await using _hub = await asHub(broker);
  await using first = await asNode(broker, "pi-1");
  await using _second = await asNode(broker, "pi-2");
  const password = broker.credentials.enrol("pi-3");
  const login = { port: broker.port, username: "pi-3", password };
  await assert.rejects(
    TestClient.connect(login),
    (error) => error instanceof ConnectRefused && error.code === 3,
  );
  assert.deepEqual(new Set(broker.refused), new Set(["broker_nodes pi-3"]));
  // The tracker of a node that is there.
  await using _tracker = await asNode(broker, "pi-2");
  await first.kill();
  await until("the third node to be admitted", async () => {
    const third = await TestClient.connect(login).catch(() => undefined);
    await third?.kill();
    return third !== undefined;
  });
});
