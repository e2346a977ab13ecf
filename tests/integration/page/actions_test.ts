/** Acknowledge, maintenance and silence on a real hub, over HTTP. */

import assert from "node:assert/strict";
import {
  allAre,
  Nodes,
  sendingTo,
  summaryOf as toldOf,
  texts,
  WITHIN_MS,
} from "../../support/alerting/told.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import {
  act,
  ALARM,
  alarmsOf,
  HUB_ALARM,
  post,
  summaryOf,
  untilAlarm,
} from "../../support/page/hub_actions.ts";
import { COOKIE, errorOf, session } from "../../support/page/hub_http.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { isInTime } from "../../support/time/patience.ts";
import { until } from "../../support/time/until.ts";

const NAMED = { cluster: { nodes: "john-snow, arya" } };
const NOTHING = { silences: [], maintenance: [] };

const ACTIONS = ["silence", "maintenance", "ack"] as const;

/** A client that receives everything, with the rights of a node. */
async function listenerOf(hub: Hub, username = "listener"): Promise<TestClient> {
  const login = { username, password: hub.credential(username) };
  const client = await TestClient.connect({ port: hub.brokerPort, ...login });
  await client.subscribe("rpi-cluster/v1/#", 1);
  return client;
}

/** The wall clock is read each time, and drifts. */
function assertNear(found: string | null | undefined, expected: string | undefined): void {
  const distanceMs = Math.abs(Date.parse(found ?? "") - Date.parse(expected ?? ""));
  assert.ok(isInTime(distanceMs, 1000), `${found} is not ${expected}`);
}

async function inForce(hub: Hub, fromMs: number): Promise<readonly string[]> {
  return summaryOf(await hub.api("/api/v1/alarm"), fromMs);
}

Deno.test("hub allows actions only after a login, even if anyone may view", async () => {
  await using hub = await startHub({ ...NAMED, hub: { public_status: "yes" } });
  for (const path of ACTIONS) {
    const stranger = await post(hub, path, { for: "1h" }, { Authorization: "" });
    assert.equal(await errorOf(stranger, 401), "unauthorized");
  }
  assert.equal(await errorOf(await hub.fetch("/api/v1/alarm"), 401), "unauthorized");
  assert.deepEqual(await hub.api("/api/v1/alarm"), NOTHING);
});

Deno.test("hub acts for its own page and for programs, and for no other page", async () => {
  await using hub = await startHub(NAMED);
  const cookie = { Authorization: "", Cookie: await session(hub) };
  assert.ok(cookie.Cookie.startsWith(COOKIE));
  for (const path of ACTIONS) {
    for (const Origin of ["http://evil.example", "null", `${hub.url}0`, "https://127.0.0.1"]) {
      const response = await post(hub, path, {}, { ...cookie, Origin });
      assert.equal(await errorOf(response, 403), "foreign_origin", Origin);
    }
    // The content types that a foreign page's form can send without permission.
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"]) {
      const response = await post(hub, path, {}, { ...cookie, "Content-Type": type });
      assert.equal(await errorOf(response, 415), "unsupported_media_type", type);
    }
  }
  const own = { ...cookie, Origin: hub.url, "Content-Type": "application/json; charset=utf-8" };
  const response = await post(hub, "silence", { for: "1h" }, own);
  assert.equal(response.status, 200);
  await response.body?.cancel();
});

Deno.test("hub answers a wrong request with an error, and changes nothing", async () => {
  await using hub = await startHub(NAMED);
  const said = async (path: string, body: unknown, status = 400) => {
    const response = await post(hub, path, body);
    const { error } = JSON.parse(await response.text());
    assert.equal(response.status, status, error.message);
    const [where] = error.message.split(": ");
    assert.equal(error.field, status === 400 && where !== "body" ? where : undefined);
    return error.message;
  };
  for (const path of ["silence", "maintenance"]) {
    for (
      const [body, message] of [
        ["{", "body: expected a JSON object, found nothing"],
        ["[]", "body: expected a JSON object, found []"],
        [{}, "for: expected a duration such as 20m, at most 168h, found nothing"],
        [{ for: 20 }, "for: expected a duration such as 20m, at most 168h, found 20"],
        [{ for: "20" }, 'for: expected a duration such as 20m, at most 168h, found "20"'],
        [{ for: "-1m" }, 'for: expected a duration such as 20m, at most 168h, found "-1m"'],
        [{ for: "169h" }, 'for: expected a duration such as 20m, at most 168h, found "169h"'],
        [{ for: "1h", nod: "arya" }, 'body: expected the keys node, for, found "nod"'],
        [{ for: "1h", node: 7 }, "node: expected a node's id, or none for all, found 7"],
        [{ for: "1h", node: "" }, `node: expected a node's id, or none for all, found ""`],
        [{ for: "1h", node: "a/b" }, `node: expected a node's id, or none for all, found "a/b"`],
      ] as const
    ) {
      assert.equal(await said(path, body), message);
    }
    assert.equal(
      await said(path, { node: "bran", for: "1h" }, 404),
      'There is no Pi with the id "bran"',
    );
    assert.equal(
      await said(path, { node: "bran", for: "0s" }, 404),
      'There is no Pi with the id "bran"',
    );
  }
  assert.equal(await said("ack", { for: "1h" }), 'body: expected the keys node, found "for"');
  assert.equal(await said("ack", { node: "bran" }, 404), 'There is no Pi with the id "bran"');
  const long = JSON.stringify({ node: "x".repeat(8192), for: "1h" });
  assert.match(await said("silence", long, 413), /at most 4096 bytes/);
  assert.equal(
    await errorOf(
      await hub.fetch("/api/v1/silence", {
        headers: { Authorization: `Bearer ${hub.password}` },
      }),
      405,
    ),
    "method_not_allowed",
  );
  assert.deepEqual(await hub.api("/api/v1/alarm"), NOTHING);
});

Deno.test("what is asked for is in force, outlives the hub, and ends when it is taken back", async () => {
  await using hub = await startHub(NAMED);
  const fromMs = Date.now();
  assert.deepEqual(summaryOf(await act(hub, "silence", { for: "20m" }), fromMs), [
    "silenced all 20m",
  ]);
  await act(hub, "silence", { node: "arya", for: "30m" });
  await act(hub, "maintenance", { for: "2h" });
  const all = await act(hub, "maintenance", { node: "john-snow", for: "168h" });
  const expected = [
    "silenced all 20m",
    "silenced arya 30m",
    "maintained all 120m",
    "maintained john-snow 10080m",
  ];
  assert.deepEqual(summaryOf(all, fromMs), expected);
  assert.ok(Math.abs(Date.parse(all.silences[0]?.since ?? "") - fromMs) < 30_000);
  assert.deepEqual(summaryOf(await act(hub, "ack", {}), fromMs), expected);

  await hub.stop();
  await hub.start();
  assert.deepEqual(await inForce(hub, fromMs), expected);
  const one = await act(hub, "silence", { node: "arya", for: "0s" });
  assert.deepEqual(summaryOf(one, fromMs), expected.toSpliced(1, 1));
  await act(hub, "silence", { node: "arya", for: "1h" });
  const none = await act(hub, "silence", { for: "0s" });
  assert.deepEqual(summaryOf(none, fromMs), expected.slice(2));
  assert.deepEqual(await act(hub, "maintenance", { for: "0s" }), NOTHING);
  await hub.stop();
  await hub.start();
  assert.deepEqual(await hub.api("/api/v1/alarm"), NOTHING);
});

Deno.test("trackers receive silences, maintenance, and every end", async () => {
  await using hub = await startHub(NAMED);
  await using listener = await listenerOf(hub);
  const none = await untilAlarm(listener, "that nothing is silenced", () => true);
  assert.deepEqual({ ...none, at: "" }, {
    at: "",
    silenced_until: null,
    maintenance_until: null,
    nodes: {},
    acknowledged: [],
  });
  const { silences: [silence] } = await act(hub, "silence", { for: "2h" });
  const told = await untilAlarm(
    listener,
    "of the silence",
    (alarm) => alarm.silenced_until !== null,
  );
  assertNear(told.silenced_until, silence?.until);
  assertNear(told.since, silence?.since);

  await act(hub, "silence", { node: "arya", for: "1h" });
  await act(hub, "maintenance", { node: "arya", for: "3h" });
  const { maintenance } = await act(hub, "maintenance", { node: "john-snow", for: "1h" });
  const both = await untilAlarm(listener, "of both nodes", ({ nodes }) => {
    return nodes?.["arya"] !== undefined && nodes["john-snow"] !== undefined;
  });
  for (const { node, until } of maintenance) assertNear(both.nodes?.[node ?? ""]?.until, until);
  await act(hub, "maintenance", { for: "1h" });
  await untilAlarm(listener, "of the whole cluster", (alarm) => alarm.maintenance_until !== null);

  await using late = await listenerOf(hub, "late");
  await untilAlarm(late, "what it keeps", (alarm) => alarm.maintenance_until !== null);
  assert.equal(late.messages.find(({ topic }) => topic === HUB_ALARM)?.retained, true);

  await act(hub, "maintenance", { for: "0s" });
  await act(hub, "silence", { for: "0s" });
  await act(hub, "silence", { node: "arya", for: "1s" });
  await untilAlarm(listener, "of one second", ({ nodes }) => nodes?.["arya"] !== undefined);
  const end = await untilAlarm(
    listener,
    "of its end",
    ({ nodes }) => nodes?.["arya"] === undefined,
  );
  assert.deepEqual([end.silenced_until, end.maintenance_until, end.nodes], [null, null, {}]);
});

Deno.test("hub takes over what a person silences at a tracker, and does not answer itself", async () => {
  await using hub = await startHub(NAMED);
  await using listener = await listenerOf(hub);
  await act(hub, "silence", { node: "arya", for: "1h" });
  const password = hub.credential("john-snow");
  await using button = await TestClient.connect({
    port: hub.brokerPort,
    username: "john-snow",
    password,
  });
  const fromMs = Date.now();
  const silenced_until = new Date(fromMs + 600_000).toISOString();
  const press = (payload: unknown) =>
    button.publish(ALARM, JSON.stringify(payload), { qos: 1, retain: true });
  await press({ silenced_until });
  await untilAlarm(
    listener,
    "by the hub, too",
    ({ nodes, silenced_until }) => silenced_until !== null && nodes?.["arya"] !== undefined,
  );
  assert.deepEqual(await inForce(hub, fromMs), ["silenced all 10m", "silenced arya 60m"]);
  // The hub does not answer its own messages.
  const sinceStart = alarmsOf(listener).length;
  await act(hub, "ack", {});
  await listener.publish("rpi-cluster/v1/nodes/listener/echo", "x", { qos: 1 });
  await listener.heard("a later message", ({ payload }) => payload === "x");
  assert.equal(alarmsOf(listener).length, sinceStart);

  await press({ silenced_until: "2099-01-01T00:00:00Z" });
  await until(
    "the silence of a day",
    async () => (await inForce(hub, Date.now()))[0] === "silenced all 1440m",
  );
  await press({ silenced_until: null });
  await until("the silence's end", async () => (await inForce(hub, fromMs)).length === 1);
  await press("no silence");
  await hub.process.line(/dropped a message.*topic=rpi-cluster\/v1\/alarm/);
  // Any node may publish a silence of all nodes there, but of no single node: the hub corrects it.
  const forgery = { silenced_until: null, nodes: { "john-snow": { until: silenced_until } } };
  await press(forgery);
  await until("the hub's own word", () => {
    const said = listener.messages.filter(({ topic }) => topic === ALARM)
      .map(({ payload }) => payload === "no silence" ? "" : nodesIn(payload));
    return said.lastIndexOf("arya") > said.lastIndexOf("john-snow") && said.includes("john-snow");
  });
  assert.deepEqual(await inForce(hub, fromMs), ["silenced arya 60m"]);
});

function nodesIn(payload: string): string {
  return Object.keys(JSON.parse(payload).nodes ?? {}).join();
}

Deno.test("a node in maintenance causes no message, other nodes do, and it does afterwards", async () => {
  await using double = new TwilioDouble();
  await using hub = await startHub(sendingTo(double));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  const arya = await nodes.start("Arya");
  const bran = await nodes.start("Bran");
  await allAre(hub, [arya, bran], "alive");
  await act(hub, "maintenance", { node: arya, for: "1h" });
  await nodes.kill(arya);
  await allAre(hub, [arya], "dead");
  await nodes.kill(bran);
  await double.waitFor("sent", 1, WITHIN_MS);
  assert.equal(toldOf(texts(double)[0] ?? ""), "Bran is down");
  await act(hub, "maintenance", { node: arya, for: "0s" });
  await double.waitFor("sent", 2, WITHIN_MS);
  assert.equal(toldOf(texts(double)[1] ?? ""), "Arya is down");
});

Deno.test("an incident that somebody acknowledged wakes nobody else up", async () => {
  await using double = new TwilioDouble();
  const escalation = { after: "4s", to: "+4915187654321" };
  await using hub = await startHub(sendingTo(double, { escalation }));
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  const arya = await nodes.start("Arya");
  const bran = await nodes.start("Bran");
  await allAre(hub, [arya, bran], "alive");
  await nodes.kill(arya);
  await double.waitFor("sent", 1, WITHIN_MS);
  const { acknowledged } = await act(hub, "ack", { node: arya });
  assert.deepEqual(acknowledged, (await hub.incidents()).map(({ id }) => id));
  assert.deepEqual((await act(hub, "ack", {})).acknowledged, []);
  await nodes.kill(bran);
  await double.waitFor("sent", 3, WITHIN_MS);
  const escalated = double.sent.filter(({ to }) => to === escalation.to).map(({ text }) => text);
  assert.deepEqual(escalated.map(toldOf), ["Bran is down"]);
});
