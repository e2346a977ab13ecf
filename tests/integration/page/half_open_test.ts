/**
 * Hundreds of strangers connect and never identify themselves: alerts work, and the owner can log
 * in.
 */

import assert from "node:assert/strict";
import { connectPacket, openSocket, untilEnd } from "../../support/broker/mqtt_socket.ts";
import { openFilesOfUnit, refused, startLimited } from "../../support/limits/limited_hub.ts";
import { SilentLoad } from "../../support/limits/silent_load.ts";
import { session } from "../../support/page/hub_http.ts";
import { type Hub, startAgent, startHub, withSections } from "../../support/program/programs.ts";
import { within } from "../../support/time/until.ts";

const STRANGERS = 1500;
/** For a machine that is busy with other tests. */
const PATIENT = { withinMs: 60_000 };

async function agentOf(hub: Hub, id: string) {
  const port = { mqtt: { url: `mqtt://127.0.0.1:${hub.brokerPort}` } };
  return await startAgent(withSections(await hub.enrol(id, id), port));
}

Deno.test("1,500 silent MQTT and 1,500 silent HTTP connections delay no death message", async () => {
  await using hub = await startLimited(openFilesOfUnit());
  await using arya = await agentOf(hub, "arya");
  await using bran = await agentOf(hub, "bran");
  await hub.waitForLiveness("arya", "alive");
  await hub.waitForLiveness("bran", "alive");

  await using broker = await SilentLoad.connect({
    port: hub.brokerPort,
    count: STRANGERS,
    what: "\x10", // the first byte of CONNECT
  });
  await using page = await SilentLoad.connect({
    port: Number(new URL(hub.url).port),
    count: STRANGERS,
    what: "GET / HTTP/1.1\r\nHo",
  });
  assert.deepEqual([broker.open, page.open], [STRANGERS, STRANGERS]);
  await arya.kill();
  await hub.process.line(/\(printed, not sent\).*arya/, PATIENT);
  await hub.waitForLiveness("arya", "dead", PATIENT.withinMs);
  assert.ok(await session(hub));
  await hub.waitForLiveness("bran", "alive", PATIENT.withinMs);
  assert.ok(!hub.process.lines.some((line) => line.includes("a node died node=bran")));
  assert.equal(bran.process.hasEnded, false);
  assert.ok(!hub.process.lines.some((line) => line.includes("may open few files")));
});

Deno.test("hub that may open few files says so, accepts many clients, and lets its owner in", async () => {
  await using hub = await startLimited(1024);
  await hub.process.line(/the hub may open few files.*LimitNOFILE.*now=1024/, PATIENT);
  await using arya = await agentOf(hub, "arya");
  await hub.waitForLiveness("arya", "alive");

  await using _broker = await SilentLoad.connect({
    port: hub.brokerPort,
    count: STRANGERS,
    what: "\x10",
  });
  const ofBroker = await refused(hub, "half_open");
  assert.ok(ofBroker > 0);
  await hub.process.line(/ended connections that did not identify themselves.*127\.0\./, PATIENT);
  await using _page = await SilentLoad.connect({
    port: Number(new URL(hub.url).port),
    count: STRANGERS,
    what: "GET / HTTP/1.1\r\nHo",
  });
  await arya.kill();
  await hub.process.line(/\(printed, not sent\).*arya/, PATIENT);
  assert.ok(await session(hub));
  assert.ok(await refused(hub, "half_open") > ofBroker);
  assert.equal(hub.process.hasEnded, false);
  const noisy = hub.process.lines.filter((line) => / (warning|error) /.test(line));
  assert.ok(noisy.length < 30, noisy.join("\n"));
});

Deno.test("a node logs in while more strangers are waiting than allowed", async () => {
  await using hub = await startLimited(1024);
  const password = hub.credential("arya");
  await using _load = await SilentLoad.connect({
    port: hub.brokerPort,
    count: STRANGERS,
    what: "\x10",
  });
  using socket = await openSocket(hub.brokerPort);
  const login = { clientId: "arya", keepaliveS: 60, username: "arya", password };
  await socket.write(connectPacket(login));
  const answer = new Uint8Array(4);
  await socket.read(answer);
  assert.deepEqual([...answer], [0x20, 2, 0, 0]);
});

Deno.test("hub ends a connection that does not complete its CONNECT, without other clients", async () => {
  await using hub = await startHub();
  using socket = await openSocket(hub.brokerPort);
  await socket.write(connectPacket({ clientId: "slow", keepaliveS: 60 }).subarray(0, 10));
  await within("the hub to end it", untilEnd(socket), PATIENT);
});
