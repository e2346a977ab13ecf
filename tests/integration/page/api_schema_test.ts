/** What a real hub says, on the feed and over HTTP, is what `docs/api.schema.json` tells programs. */

import assert from "node:assert/strict";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { assertSays, faultsOf, type SchemaName } from "../../support/page/api_schema.ts";
import { post } from "../../support/page/hub_actions.ts";
import { loginWith, session } from "../../support/page/hub_http.ts";
import { Watcher } from "../../support/page/watcher.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { quick } from "../../support/time/patience.ts";
import { until } from "../../support/time/until.ts";

const SETTINGS = {
  hub: { public_status: "yes" },
  cluster: {
    suspect_after: quick(800),
    dead_after: quick(1500),
    nodes: "arya",
    groups: "attic: john-snow, arya",
  },
  alerts: { hold: "0s", group: "0s" },
  sms: { provider: "print", to: "+4915112345678" },
};
const FACTS = {
  model: "Raspberry Pi 5",
  serial: "10000000abcdef",
  addresses: ["192.168.1.7", "fd00::7"],
  remote: ["ssh://pi@192.168.1.7", "javascript:alert(1)"],
  hostname: "john-snow-secret",
};
const SECRETS = [
  "192.168.1.7",
  "fd00::7",
  "10000000abcdef",
  "ssh://",
  "javascript",
  "john-snow-secret",
  "+4915112345678",
  "print",
];

/** The JSON of an answer, which must be as the document says. */
async function said(hub: Hub, name: SchemaName, path: string, init: RequestInit = {}) {
  const headers = { Authorization: `Bearer ${hub.password}`, ...init.headers };
  const response = await hub.fetch(path, { ...init, headers });
  const answer = await response.json();
  assert.equal(response.ok, name !== "error", `${path}: ${JSON.stringify(answer)}`);
  assertSays(name, answer);
  return answer;
}

async function posted(hub: Hub, name: SchemaName, path: string, body: unknown): Promise<void> {
  assertSays(name, await (await post(hub, path, body)).json());
}

Deno.test("hub says on its feed and over HTTP what its JSON schema says, and guests see no secrets", async () => {
  await using hub = await startHub(SETTINGS);
  const login = { username: "john-snow", password: hub.credential("john-snow") };
  const client = await TestClient.connect({ port: hub.brokerPort, ...login });
  const node = await PretendNode.start(client, {
    id: "john-snow",
    name: "John Snow",
    facts: FACTS,
    vitals: {
      temperature: { value: 48.2, level: "ok" },
      under_voltage: { value: null, level: "not_supported" },
    },
  });
  await hub.waitForLiveness("john-snow", "alive");
  await using owner = new Watcher(hub, { Cookie: await session(hub) });
  await using guest = new Watcher(hub);
  for (const one of [owner, guest]) {
    await one.until("a vital", ({ nodes }) => {
      return nodes.find(({ id }) => id === "john-snow")?.vitals.temperature !== undefined;
    });
  }
  await until("a heartbeat", () => owner.messages.some((message) => "heard" in message));
  await posted(hub, "renamed", "nodes/john-snow/rename", { name: "Jon" });
  await node[Symbol.asyncDispose]();
  await client.kill();
  await owner.until("the message", ({ deliveries, nodes }) => {
    const dead = nodes.find(({ id }) => id === "john-snow");
    return dead?.liveness === "dead" && deliveries.some(({ state }) => state === "accepted");
  });
  await posted(hub, "in_force", "ack", { node: "john-snow" });
  await posted(hub, "in_force", "maintenance", { node: "john-snow", for: "2h" });
  await posted(hub, "in_force", "silence", { for: "2h" });
  const isCaredFor = (one: Watcher) =>
    one.until("what people asked for", ({ nodes }) => {
      const dead = nodes.find(({ id }) => id === "john-snow");
      return dead?.acknowledged === true && dead.maintenance_until !== null &&
        dead.group === "attic" && dead.name === "Jon";
    });
  for (const one of [owner, guest]) await isCaredFor(one);
  await using late = new Watcher(hub);
  await isCaredFor(late);

  const ofGuests: unknown[] = [guest.messages, late.messages];
  const stranger = { headers: { Authorization: "" } };
  for (const name of ["nodes", "incidents", "status"] as const) {
    ofGuests.push(await said(hub, name, `/api/v1/${name}`, stranger));
  }
  ofGuests.push(await said(hub, "node", "/api/v1/nodes/john-snow", stranger));
  ofGuests.push(await (await hub.fetch("/api/v1/incidents.csv")).text());
  for (const secret of SECRETS) {
    assert.ok(!JSON.stringify(ofGuests).includes(secret), `a guest saw ${secret}`);
  }
  const shown = (await said(hub, "nodes", "/api/v1/nodes")).nodes
    .find(({ id }: { readonly id: string }) => id === "john-snow");
  assert.deepEqual(shown.remote, ["ssh://pi@192.168.1.7"]);
  assert.deepEqual(shown.facts.addresses, FACTS.addresses);

  await said(hub, "node", "/api/v1/nodes/john-snow");
  await said(hub, "status", "/api/v1/status");
  await said(hub, "incidents", "/api/v1/incidents");
  await said(hub, "deliveries", "/api/v1/deliveries");
  await said(hub, "in_force", "/api/v1/alarm");
  await said(hub, "sessions", "/api/v1/sessions");
  await said(hub, "error", "/api/v1/nothing");
  await said(hub, "done", "/api/v1/sessions", { method: "DELETE" });
  assertSays("done", await (await loginWith(hub, hub.password)).json());
  assertSays("error", await (await loginWith(hub, "wrong")).json());
  await posted(hub, "enrolled", "enrol", { id: "bran" });
  await posted(hub, "error", "enrol", { id: "bran" });
  await posted(hub, "done", "alarm-test", { node: "arya" });
  await posted(hub, "tested", "test-message", {});
  await posted(hub, "done", "nodes/arya/forget", {});
  await posted(hub, "done", "nodes/john-snow/revoke", {});
  await guest.until("the nodes to be gone", ({ nodes }) => nodes.length === 0);
  for (const { messages } of [owner, guest, late]) {
    assert.ok(messages.length > 0);
    for (const message of messages) assertSays("feed", message);
  }
  const keys = new Set([owner, guest].flatMap(({ messages }) => messages.flatMap(Object.keys)));
  for (const key of ["nodes", "heard", "incidents", "deliveries", "removed"]) {
    assert.ok(keys.has(key), `no message had ${key}: the schema was not put to the test`);
  }
});

Deno.test("the schema refuses what the hub does not say", () => {
  const at = "2026-11-22T14:02:11.000Z";
  const change = { kind: "change", seq: 2, at };
  assert.deepEqual(faultsOf("feed", change), []);
  const strange = [
    { ...change, seq: -1 },
    { ...change, at: "yesterday" },
    { ...change, kind: "other" },
    { ...change, removed: ["Not an id"] },
    { ...change, nodes: [{ id: "pi-1" }] },
    { ...change, heard: { "pi-1": 7 } },
    { ...change, secret: true },
    { kind: "snapshot", seq: 1, at },
    null,
  ];
  for (const message of strange) {
    assert.notDeepEqual(faultsOf("feed", message), [], JSON.stringify(message));
  }
});
