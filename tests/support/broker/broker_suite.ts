/** The project's requirements for any broker: one suite for the embedded one and Mosquitto. */

import assert from "node:assert/strict";
import { within } from "../time/until.ts";
import { asHub, asNode, type BrokerUnderTest, connect, untilAdmitted } from "./tested_broker.ts";
import { ConnectRefused, TestClient } from "./mqtt_client.ts";

const NODES = "rpi-cluster/v1/nodes";
/** CONNACK codes 4 and 5, bad user name or password and not authorised: section 3.2.2.3. */
const REFUSED = [4, 5];

/** Registers the suite's tests under the broker's name. */
export function testBroker(name: string, start: () => Promise<BrokerUnderTest>): void {
  testLogins(name, start);
  testPublications(name, start);
  testSubscriptions(name, start);
  testWills(name, start);
  testEndedCredentials(name, start);
  testOrder(name, start);
}

/** Resolves when `observer` has everything that was published before: a broker keeps the order. */
async function echoBarrier(observer: TestClient): Promise<void> {
  const payload = crypto.randomUUID();
  await observer.publish("rpi-cluster/v1/hub/echo", payload);
  await observer.heard("the echo", (message) => message.payload === payload);
}

async function observe(broker: BrokerUnderTest): Promise<TestClient> {
  const hub = await asHub(broker);
  assert.ok(await hub.subscribe("rpi-cluster/v1/#", 1) <= 1);
  return hub;
}

function testLogins(name: string, start: () => Promise<BrokerUnderTest>): void {
  Deno.test(`${name} admits nobody without the right password`, async () => {
    await using broker = await start();
    const password = broker.credentials.enrol("pi-1");
    broker.apply();
    await using _pi = await untilAdmitted(broker, { username: "pi-1", password });
    const logins = [
      {},
      { username: "pi-1" },
      { username: "pi-1", password: "wrong" },
      { username: "pi-1", password: `${password}x` },
      { username: "pi-2", password },
      { username: "", password },
      { username: "hub", password },
      { username: "hub", password: "" },
    ];
    for (const login of logins) {
      await assert.rejects(connect(broker, login), (error) => {
        assert.ok(error instanceof ConnectRefused, String(error));
        assert.ok(error.code === undefined || REFUSED.includes(error.code), error.message);
        return true;
      });
    }
  });
}

function testPublications(name: string, start: () => Promise<BrokerUnderTest>): void {
  Deno.test(`${name} passes on what a node says of itself, live and retained`, async () => {
    await using broker = await start();
    await using hub = await observe(broker);
    await using pi = await asNode(broker, "pi-1");
    await pi.publish(`${NODES}/pi-1/status`, "birth", { qos: 1, retain: true });
    await pi.publish(`${NODES}/pi-1/heartbeat`, "beat");
    const live = await hub.heard("the birth", ({ payload }) => payload === "birth");
    // MQTT-3.3.1-9: a message that is passed on live is not marked as retained.
    assert.deepEqual([live.topic, live.qos, live.retained], [`${NODES}/pi-1/status`, 1, false]);
    await hub.heard("the heartbeat", ({ payload }) => payload === "beat");
    await using later = await observe(broker);
    const kept = await later.heard("the kept birth", ({ payload }) => payload === "birth");
    assert.equal(kept.retained, true);
  });

  Deno.test(`${name} lets no node speak as another, as the hub, or elsewhere`, async () => {
    await using broker = await start();
    await using hub = await observe(broker);
    const topics = [
      `${NODES}/pi-2/status`,
      `${NODES}/pi-10/heartbeat`,
      `${NODES}/pi/heartbeat`,
      "rpi-cluster/v1/hub/status",
      "rpi-cluster/v1/hub/alarm",
      "rpi-cluster/v1/hub/verdicts/pi-1",
      "rpi-cluster/v1/alarm/x",
      "rpi-cluster/v1/alarm/test",
      "rpi-cluster/x",
    ];
    const password = broker.credentials.enrol("pi-1");
    broker.apply();
    for (const topic of topics) {
      const pi = await untilAdmitted(broker, { username: "pi-1", password });
      await pi.publish(topic, "forged", { retain: true });
      // A broker may end the connection for it; MQTT 3.1.1 has no other way to refuse.
      await pi.publish(topic, "forged", { qos: 1 }).catch(() => {});
      await pi.kill();
    }
    await using honest = await untilAdmitted(broker, { username: "pi-1", password });
    await honest.publish("rpi-cluster/v1/alarm", "silence", { qos: 1 });
    await hub.heard("the alarm's silence", ({ payload }) => payload === "silence");
    await echoBarrier(hub);
    await using later = await observe(broker);
    await echoBarrier(later);
    for (const { messages } of [hub, later]) {
      assert.deepEqual(messages.filter(({ payload }) => payload === "forged"), []);
    }
  });

  Deno.test(`${name} acknowledges and drops what a client may not say, and hears it on`, async () => {
    await using broker = await start();
    await using hub = await observe(broker);
    await using assistant = await asNode(broker, "home-assistant");
    await assistant.subscribe("homeassistant/#");
    assert.ok(await assistant.subscribe("rpi-cluster/v1/#", 1) <= 1);
    for (const qos of [0, 1, 2, 0, 1, 2] as const) {
      for (const retain of [false, true]) {
        await assistant.publish("homeassistant/status", "online", { qos, retain });
        await assistant.publish(`${NODES}/pi-1/status`, "forged", { qos, retain });
      }
    }
    await assistant.publish(`${NODES}/home-assistant/status`, "here", { qos: 2, retain: true });
    await hub.heard("what it may say", ({ payload }) => payload === "here");
    await assistant.heard("what it may hear", ({ payload }) => payload === "here");
    assert.equal(assistant.isClosed, false);
    await using later = await observe(broker);
    await echoBarrier(later);
    for (const { messages } of [hub, later, assistant]) {
      const others = messages.filter(({ payload }) => ["online", "forged"].includes(payload));
      assert.deepEqual(others, []);
    }
  });

  Deno.test(`${name} passes on 8 KiB and not a byte more`, async () => {
    await using broker = await start();
    await using hub = await observe(broker);
    await using pi = await asNode(broker, "pi-1");
    await using other = await asNode(broker, "pi-2");
    await pi.publish(`${NODES}/pi-1/vitals`, "x".repeat(8193));
    // Acknowledged, or the connection has ended: the broker has handled the long one.
    await pi.publish(`${NODES}/pi-1/vitals`, "x", { qos: 1 }).catch(() => {});
    await other.publish(`${NODES}/pi-2/vitals`, "x".repeat(8192), { qos: 1 });
    await hub.heard("8 KiB", ({ payload }) => payload.length === 8192);
    assert.equal(hub.messages.some(({ payload }) => payload.length > 8192), false);
  });

  Deno.test(`${name} ends a connection that sends a megabyte, and only that one`, async () => {
    await using broker = await start();
    await using hub = await observe(broker);
    await using pi = await asNode(broker, "pi-1");
    const sent = pi.publish(`${NODES}/pi-1/vitals`, new Uint8Array(1 << 20));
    await within("the connection to end", pi.closed);
    await sent.catch(() => {});
    await echoBarrier(hub);
    assert.equal(hub.messages.some(({ topic }) => topic.startsWith(NODES)), false);
  });
}

function testSubscriptions(name: string, start: () => Promise<BrokerUnderTest>): void {
  Deno.test(`${name} lets a node hear the cluster and nothing else`, async () => {
    await using broker = await start();
    await using hub = await asHub(broker);
    await hub.publish("rpi-cluster/v1/hub/status", "here", { qos: 1, retain: true });
    await using pi = await asNode(broker, "pi-1");
    for (const filter of ["$SYS/#", "#", "+/#", "+/v1/hub/status", "rpi-cluster/#"]) {
      await pi.subscribe(filter);
    }
    assert.ok(await pi.subscribe("rpi-cluster/v1/#", 1) <= 1);
    await pi.heard("the hub", ({ payload }) => payload === "here");
    await pi.publish(`${NODES}/pi-1/echo`, "echo");
    await pi.heard("its echo", ({ payload }) => payload === "echo");
    const foreign = pi.messages.filter(({ topic }) => !topic.startsWith("rpi-cluster/v1/"));
    assert.deepEqual(foreign, []);
  });
}

function testWills(name: string, start: () => Promise<BrokerUnderTest>): void {
  Deno.test(`${name} tells a node's own last will, and never one in another's name`, async () => {
    await using broker = await start();
    await using hub = await observe(broker);
    for (const [id, of] of [["pi-1", "pi-2"], ["pi-1", "pi-1"]] as const) {
      const will = { topic: `${NODES}/${of}/status`, payload: `will of ${of}`, retain: true };
      // The broker may refuse the connection or only the will.
      const pi = await asNode(broker, id, { will });
      await pi.kill();
    }
    await hub.heard("the own will", ({ payload }) => payload === "will of pi-1");
    await echoBarrier(hub);
    assert.equal(hub.messages.some(({ payload }) => payload === "will of pi-2"), false);
  });

  Deno.test(`${name} tells no last will after DISCONNECT`, async () => {
    await using broker = await start();
    await using hub = await observe(broker);
    const will = { topic: `${NODES}/pi-1/status`, payload: "will" };
    const pi = await asNode(broker, "pi-1", { will });
    await pi[Symbol.asyncDispose]();
    await using other = await asNode(broker, "pi-2");
    await other.publish(`${NODES}/pi-2/status`, "later", { qos: 1 });
    await hub.heard("a later message", ({ payload }) => payload === "later");
    assert.equal(hub.messages.some(({ payload }) => payload === "will"), false);
  });

  Deno.test(`${name} tells the old session's will before the birth of the new one`, async () => {
    await using broker = await start();
    await using hub = await observe(broker);
    const password = broker.credentials.enrol("pi-1");
    broker.apply();
    const topic = `${NODES}/pi-1/status`;
    for (let session = 0; session < 20; session++) {
      const will = { topic, payload: `will ${session}`, retain: true };
      const login = { username: "pi-1", password, clientId: "pi-1-agent", will };
      const pi = await untilAdmitted(broker, login);
      await pi.publish(topic, `birth ${session}`, { qos: 1, retain: true });
    }
    await hub.heard("the last birth", ({ payload }) => payload === "birth 19");
    const heard = hub.messages.filter((message) => message.topic === topic)
      .map(({ payload }) => payload);
    const expected = Array.from({ length: 20 }, (_, session) => [
      `birth ${session}`,
      ...(session < 19 ? [`will ${session}`] : []),
    ]);
    assert.deepEqual(heard, expected.flat());
    await using later = await observe(broker);
    const kept = await later.heard("the kept status", (message) => message.topic === topic);
    assert.equal(kept.payload, "birth 19");
  });
}

function testEndedCredentials(name: string, start: () => Promise<BrokerUnderTest>): void {
  Deno.test(`${name} ends the connection of a node that is revoked, and no other`, async () => {
    await using broker = await start();
    await using pi = await asNode(broker, "pi-1");
    await using other = await asNode(broker, "pi-2");
    assert.equal(broker.credentials.revoke("pi-1"), true);
    broker.apply();
    await within("the revoked node's end", pi.closed);
    await other.publish(`${NODES}/pi-2/status`, "here", { qos: 1 });
    assert.equal(other.isClosed, false);
  });

  Deno.test(`${name} takes a renewed password at once, and the old one no more`, async () => {
    await using broker = await start();
    const old = broker.credentials.enrol("pi-1");
    broker.apply();
    await using pi = await untilAdmitted(broker, { username: "pi-1", password: old });
    await using renewed = await asNode(broker, "pi-1");
    await within("the end of the connection by the old password", pi.closed);
    await assert.rejects(connect(broker, { username: "pi-1", password: old }), ConnectRefused);
    assert.equal(renewed.isClosed, false);
  });
}

function testOrder(name: string, start: () => Promise<BrokerUnderTest>): void {
  Deno.test(`${name} lets no echo overtake a heartbeat that came before it`, async () => {
    await using broker = await start();
    // The embedded broker slows down a node that sends this much.
    await using pi = await asHub(broker);
    await using tracker = await asHub(broker);
    await tracker.subscribe("rpi-cluster/v1/#");
    const rounds = 1000;
    for (let round = 1; round <= rounds; round++) {
      for (let beat = 0; beat < 99; beat++) {
        pi.send(`${NODES}/pi-1/heartbeat`, "beat");
      }
      // The acknowledgement shows that the broker has read everything before.
      await pi.publish(`${NODES}/pi-1/status`, `${round}`, { qos: 1 });
      await tracker.publish(`${NODES}/pi-2/echo`, `${round}`);
    }
    await tracker.heard(
      "the last echo",
      ({ topic, payload }) => topic.endsWith("/echo") && payload === `${rounds}`,
    );
    let beats = 0;
    let statuses = 0;
    for (const { topic, payload } of tracker.messages) {
      if (topic.endsWith("/heartbeat")) beats += 1;
      if (topic.endsWith("/status")) statuses += 1;
      if (topic.endsWith("/echo")) assert.ok(beats >= Number(payload) * 99, `echo ${payload}`);
    }
    assert.deepEqual([beats, statuses], [rounds * 99, rounds]);
  });
}
