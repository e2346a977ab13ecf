/** A client of the embedded broker that hears much is sent much at a time; one that hears little, at once. */

import assert from "node:assert/strict";
import { asHub } from "../../support/broker/tested_broker.ts";
import { startEmbedded } from "../../support/broker/embedded_broker.ts";
import { connectPacket, openSocket, subscribePacket } from "../../support/broker/mqtt_socket.ts";
import { until } from "../../support/time/until.ts";

const TOPIC = "rpi-cluster/v1/nodes/pi-1/heartbeat";
const MESSAGES = 2000;

Deno.test("embedded broker wakes a client that hears much seldom, and keeps the order", async () => {
  await using broker = await startEmbedded();
  const password = broker.credentials.enrol("pi-1");
  await using hub = await asHub(broker);
  using socket = await openSocket(broker.port);
  await socket.write(
    connectPacket({ clientId: "x", keepaliveS: 60, username: "pi-1", password }),
  );
  await socket.read(new Uint8Array(16));
  await socket.write(subscribePacket("rpi-cluster/v1/#"));
  await socket.read(new Uint8Array(16));
  let text = "";
  let reads = 0;
  const reading = (async () => {
    const buffer = new Uint8Array(65_536);
    for (; !text.includes("the end"); reads++) {
      const count = await socket.read(buffer);
      if (count === null) return;
      text += new TextDecoder("latin1").decode(buffer.subarray(0, count));
    }
  })();
  for (let number = 0; number < MESSAGES; number++) {
    hub.send(TOPIC, `<${number}>${"x".repeat(100)}`);
    // One after the other, as heartbeats come.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await hub.publish(TOPIC, "the end");
  await until("the end", () => text.includes("the end"));
  await reading;
  const numbers = [...text.matchAll(/<(\d+)>/g)].map(([, number]) => Number(number));
  assert.deepEqual(numbers, Array.from({ length: MESSAGES }, (_, number) => number));
  assert.ok(reads < MESSAGES / 4, `${reads} reads of ${MESSAGES} messages`);
});
