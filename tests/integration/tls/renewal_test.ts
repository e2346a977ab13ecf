/** A hub whose addresses change, or whose certificate ends soon, makes a new one: nobody notices. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { factsOf } from "../../../hub/tls/certificate_facts.ts";
import { newServerCertificate } from "../../../hub/tls/new_certificates.ts";
import { Crowd, enrolCrowd } from "../../support/broker/crowd.ts";
import type { HeardMessage } from "../../support/broker/mqtt_client.ts";
import {
  hostOf,
  inNamespace,
  ip,
  nextOutside,
  plugOutside,
  removeNamespace,
} from "../../support/network/namespaces.ts";
import { ROOT } from "../../support/program/cluster.ts";
import { startAgent } from "../../support/program/programs.ts";
import { startTlsHub } from "../../support/tls/tls_hub.ts";
import { until } from "../../support/time/until.ts";

const DAY_MS = 24 * 3_600_000;
const NEW_ADDRESS = "203.0.113.77";
/** Pis that beat each second meanwhile. */
const CROWD = 200;

/** `await using network = await openNetwork();` A machine of its own. */
async function openNetwork(): Promise<AsyncDisposable & { name: string; address: string }> {
  // An interface's name has 15 characters at most.
  const name = `rct${crypto.randomUUID().slice(0, 6)}`;
  await ip("netns", "add", name);
  await ip("-n", name, "link", "set", "lo", "up");
  const outside = nextOutside();
  await plugOutside(name, outside);
  return {
    name,
    address: hostOf(outside, 2),
    [Symbol.asyncDispose]: () => removeNamespace(name),
  };
}

Deno.test("a new address makes a new certificate for the same key, and costs no heartbeat", async () => {
  await using network = await openNetwork();
  const through = inNamespace(network.name);
  await using hub = await startTlsHub({}, { address: network.address, through });
  await using agent = await startAgent(await hub.enrol("arya", "Arya"), { through });
  await hub.waitForLiveness("arya", "alive");
  await using watcher = await hub.client("watcher");
  await watcher.subscribe(`${ROOT}/nodes/arya/heartbeat`, 0);
  const before = await hub.served(hub.mqtts);
  assert.ok(!before.names.has(NEW_ADDRESS));

  await ip("-n", network.name, "addr", "add", `${NEW_ADDRESS}/32`, "dev", "lo");
  await hub.process.line("made a new certificate");
  const after = await until("the new certificate", async () => {
    const facts = await hub.served(hub.mqtts);
    return facts.names.has(NEW_ADDRESS) && facts;
  });
  assert.equal(after.publicKeyPin, before.publicKeyPin);
  assert.ok([...before.names].every((name) => after.names.has(name)));
  assert.ok((await hub.served(hub.https)).names.has(NEW_ADDRESS));

  const count = watcher.messages.length;
  await until("more heartbeats", () => watcher.messages.length >= count + 3);
  const numbers = watcher.messages.map(({ payload }) => Number(JSON.parse(payload).seq));
  assert.deepEqual(numbers, numbers.map((_, index) => (numbers[0] ?? 0) + index));
  const connected = agent.process.lines.filter((line) => / connected\b/.test(line));
  assert.equal(connected.length, 1, connected.join("\n"));
  assert.ok(!hub.process.lines.some((line) => line.includes("node=arya from=up")));
});

Deno.test("a new certificate costs no heartbeat while many Pis send theirs", async () => {
  await using network = await openNetwork();
  const through = inNamespace(network.name);
  await using hub = await startTlsHub({}, { address: network.address, through });
  const password = enrolCrowd({ path: join(hub.statePath, "passwd"), nodes: CROWD });
  const { ca, mqtts: port } = hub;
  const host = network.address;
  await using crowd = Crowd.begin({
    ...{ port, host, ca, through, password },
    ...{ nodes: CROWD, perSecond: 100 },
  });
  await crowd.born(120_000);
  await using watcher = await hub.client("watcher");
  await watcher.subscribe(`${ROOT}/nodes/+/heartbeat`, 0);
  const numbers = () => numbersByNode(watcher.messages);
  await until("a heartbeat of each", () => numbers().size === CROWD);
  await ip("-n", network.name, "addr", "add", `${NEW_ADDRESS}/32`, "dev", "lo");
  await hub.process.line("made a new certificate");
  await until("the new certificate", async () => {
    return (await hub.served(hub.mqtts)).names.has(NEW_ADDRESS);
  });
  const before = new Map([...numbers()].map(([node, { length }]) => [node, length]));
  await until("more heartbeats of each", () => {
    return [...numbers()].every(([node, { length }]) => length >= (before.get(node) ?? 0) + 3);
  });
  for (const [node, found] of numbers()) {
    // A number for each session and heartbeat: a lost one leaves a gap, a new session begins at 0.
    assert.deepEqual(found, found.map((_, index) => (found[0] ?? 0) + index), node);
  }
  assert.ok(!hub.process.lines.some((line) => line.includes("to=down")));
});

/** The numbers of the heartbeats of each node, in their order. */
function numbersByNode(messages: readonly HeardMessage[]): ReadonlyMap<string, readonly number[]> {
  return new Map(
    [...Map.groupBy(messages, ({ topic }) => topic)].map(([topic, heard]) => [
      topic,
      heard.map(({ payload }) => Number(JSON.parse(payload).seq)),
    ]),
  );
}

Deno.test("a certificate that ends soon, or has ended, is made anew at the start, for the same key", async () => {
  await using hub = await startTlsHub();
  const folder = join(hub.statePath, "tls");
  const read = (name: string) => Deno.readTextFileSync(join(folder, name));
  const { publicKeyPin } = await hub.served(hub.mqtts);
  for (const days of [100, -1]) {
    await hub.stop();
    const old = await newServerCertificate({
      authority: { certificate: read("ca.crt"), key: read("ca.key") },
      key: read("hub.key"),
      names: ["127.0.0.1"],
      endMs: Date.now() + days * DAY_MS,
    });
    Deno.writeTextFileSync(join(folder, "hub.crt"), old);
    await hub.start();
    const served = await hub.served(hub.mqtts);
    assert.ok(served.endMs > Date.now() + 390 * DAY_MS);
    assert.ok(served.names.has("localhost"));
    assert.equal(served.publicKeyPin, publicKeyPin);
    assert.equal(factsOf(read("hub.crt")).fingerprint, served.fingerprint);
  }
});

Deno.test("a certificate or key that is damaged is made again, and a hub without its authority says so", async () => {
  await using hub = await startTlsHub();
  const file = (name: string) => join(hub.statePath, "tls", name);
  for (const name of ["hub.crt", "hub.key"]) {
    await hub.stop();
    Deno.writeTextFileSync(file(name), "damaged");
    await hub.start();
    assert.equal((await hub.fetch("/healthz")).status, 200, name);
  }
  await hub.stop();
  const ca = Deno.readTextFileSync(file("ca.crt"));
  Deno.writeTextFileSync(file("ca.crt"), "damaged");
  await hub.start();
  await hub.process.line(/the hub has no TLS.*ca\.crt/);
  // Alerts go on: the page answers without TLS.
  assert.equal(await (await hub.fetchPlainly("/healthz")).text(), "ok\n");
  await hub.stop();
  Deno.writeTextFileSync(file("ca.crt"), ca);
  await hub.start();
  assert.equal((await hub.fetch("/healthz")).status, 200);
});
