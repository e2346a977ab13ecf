/** What a real hub sends on its feed is what its OpenAPI document says, and guests see no secret. */

import assert from "node:assert/strict";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { act, post } from "../../support/page/hub_actions.ts";
import { session } from "../../support/page/hub_http.ts";
import { ApiDocument } from "../../support/page/openapi.ts";
import { Watcher } from "../../support/page/watcher.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { QUICK_DEATHS } from "../../support/program/detection_times.ts";
import { until } from "../../support/time/until.ts";

const SETTINGS = {
  hub: { public_status: "yes" },
  cluster: {
    ...QUICK_DEATHS,
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
async function said(
  hub: Hub,
  document: ApiDocument,
  name: string,
  path: string,
  headers: Readonly<Record<string, string>> = { Authorization: `Bearer ${hub.password}` },
) {
  const response = await hub.fetch(path, { headers });
  const answer = await response.json();
  assert.equal(response.status, 200, `${path}: ${JSON.stringify(answer)}`);
  document.assertSays(name, answer);
  return answer;
}

/** An action that must succeed. */
async function done(hub: Hub, path: string, body: unknown): Promise<void> {
  const response = await post(hub, path, body);
  assert.equal(response.status, 200, await response.text());
}

Deno.test("hub sends on its feed what its OpenAPI document says, and guests see no secrets", async () => {
  await using hub = await startHub(SETTINGS);
  const document = await ApiDocument.from(hub);
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
  await using short = new Watcher(hub, { Cookie: await session(hub) }, "?form=short");
  await using shortGuest = new Watcher(hub, {}, "?form=short");
  for (const one of [owner, guest, short, shortGuest]) {
    await one.until("a vital", ({ nodes }) => {
      return nodes.find(({ id }) => id === "john-snow")?.vitals.temperature !== undefined;
    });
  }
  await until("a heartbeat", () => owner.messages.some((message) => "heard" in message));
  await done(hub, "nodes/john-snow/rename", { name: "Jon" });
  await node[Symbol.asyncDispose]();
  await client.kill();
  await owner.until("the message", ({ deliveries, nodes }) => {
    const dead = nodes.find(({ id }) => id === "john-snow");
    return dead?.liveness === "dead" && deliveries.some(({ state }) => state === "accepted");
  });
  await act(hub, "ack", { node: "john-snow" });
  await act(hub, "maintenance", { node: "john-snow", for: "2h" });
  await act(hub, "silence", { for: "2h" });
  const isCaredFor = (one: Watcher) =>
    one.until("what people asked for", ({ nodes }) => {
      const dead = nodes.find(({ id }) => id === "john-snow");
      return dead?.acknowledged === true && dead.maintenance_until !== null &&
        dead.group === "attic" && dead.name === "Jon";
    });
  for (const one of [owner, guest, short, shortGuest]) await isCaredFor(one);
  await using late = new Watcher(hub);
  await isCaredFor(late);

  const ofGuests: unknown[] = [guest.messages, late.messages, shortGuest.messages];
  for (const name of ["Nodes", "Incidents", "Status"]) {
    ofGuests.push(await said(hub, document, name, `/api/v1/${name.toLowerCase()}`, {}));
  }
  ofGuests.push(await said(hub, document, "Node", "/api/v1/nodes/john-snow", {}));
  ofGuests.push(await (await hub.fetch("/api/v1/incidents.csv")).text());
  for (const secret of SECRETS) {
    assert.ok(!JSON.stringify(ofGuests).includes(secret), `a guest saw ${secret}`);
  }
  const shown = (await said(hub, document, "Nodes", "/api/v1/nodes")).nodes
    .find(({ id }: { readonly id: string }) => id === "john-snow");
  assert.deepEqual(shown.remote, ["ssh://pi@192.168.1.7"]);
  assert.deepEqual(shown.facts.addresses, FACTS.addresses);

  await done(hub, "nodes/arya/forget", {});
  await done(hub, "nodes/john-snow/revoke", {});
  for (const one of [guest, short, shortGuest]) {
    await one.until("the nodes to be gone", ({ nodes }) => nodes.length === 0);
  }
  for (const { messages } of [owner, guest, late, short, shortGuest]) {
    assert.ok(messages.length > 0);
    for (const message of messages) document.assertSays("Feed", message);
  }
  const keys = new Set([owner, guest].flatMap(({ messages }) => messages.flatMap(Object.keys)));
  for (const key of ["nodes", "heard", "incidents", "deliveries", "removed"]) {
    assert.ok(keys.has(key), `no message had ${key}: the schema was not put to the test`);
  }
  const shortKeys = new Set(short.messages.flatMap(Object.keys));
  for (const key of ["nodes", "patches", "ages", "incidents", "deliveries", "removed"]) {
    assert.ok(shortKeys.has(key), `no message of the short form had ${key}`);
  }
  assert.ok(!shortKeys.has("heard"));
});

Deno.test("the document refuses what the hub does not send", async () => {
  await using hub = await startHub();
  const document = await ApiDocument.from(hub);
  const at = "2026-11-22T14:02:11.000Z";
  const change = { kind: "change", seq: 2, at };
  assert.deepEqual(document.faultsOf("Feed", change), []);
  const strange = [
    { ...change, seq: -1 },
    { ...change, at: "yesterday" },
    { ...change, kind: "other" },
    { ...change, removed: ["Not an id"] },
    { ...change, nodes: [{ id: "pi-1" }] },
    { ...change, heard: { "pi-1": 7 } },
    { ...change, ages: { "pi-1": at } },
    { ...change, patches: { "pi-1": { id: "pi-1" } } },
    { ...change, patches: { "pi-1": { vitals: { cpu: "12" } } } },
    { ...change, secret: true },
    { kind: "snapshot", seq: 1, at },
    null,
  ];
  for (const message of strange) {
    assert.notDeepEqual(document.faultsOf("Feed", message), [], JSON.stringify(message));
  }
});
