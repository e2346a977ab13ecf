/** What the hub sends to browsers over the WebSocket, and to which ones. */

import assert from "node:assert/strict";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { act } from "../../support/page/hub_actions.ts";
import { COOKIE, errorOf, session } from "../../support/page/hub_http.ts";
import { Watcher } from "../../support/page/watcher.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { QUICK_DEATHS } from "../../support/program/detection_times.ts";
import { until, within } from "../../support/time/until.ts";

/**
 * Returns the status of an attempt to open the feed. The request is written by hand, because a
 * browser's API hides the status.
 */
async function upgradeStatus(hub: Hub, headers: Readonly<Record<string, string>>): Promise<number> {
  using connection = await askForFeed(hub, headers);
  const bytes = new Uint8Array(4096);
  const count = await within("an answer", connection.read(bytes)) ?? 0;
  return Number(new TextDecoder().decode(bytes.subarray(0, count)).split(" ")[1]);
}

/** Opens a connection and requests the feed. */
async function askForFeed(
  hub: Hub,
  headers: Readonly<Record<string, string>>,
): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(hub.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = Object.entries({
    Host: `${hostname}:${port}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  await connection.write(new TextEncoder().encode(`GET /ws HTTP/1.1\r\n${lines.join("")}\r\n`));
  return connection;
}

Deno.test("hub refuses the feed to strangers and to foreign pages", async () => {
  await using hub = await startHub();
  const cookie = await session(hub);
  assert.equal(await upgradeStatus(hub, {}), 401);
  assert.equal(await upgradeStatus(hub, { Cookie: `${COOKIE}=forged` }), 401);
  for (const origin of ["http://evil.example", "null", "https://127.0.0.1", `${hub.url}0`]) {
    assert.equal(await upgradeStatus(hub, { Cookie: cookie, Origin: origin }), 403, origin);
  }
  assert.equal(await upgradeStatus(hub, { Cookie: cookie, Origin: hub.url }), 101);
  assert.equal(await upgradeStatus(hub, { Cookie: cookie }), 101);
  const plain = await hub.fetch("/ws", { headers: { Cookie: cookie } });
  assert.equal(await errorOf(plain, 426), "upgrade_required");
});

Deno.test("hub answers a handshake with a mistake in it as one, and leaves its log alone", async () => {
  await using hub = await startHub();
  const cookie = await session(hub);
  const wrong: readonly Readonly<Record<string, string>>[] = [
    { "Sec-WebSocket-Key": "short" },
    { "Sec-WebSocket-Key": "" },
    { "Sec-WebSocket-Version": "7" },
    { Connection: "keep-alive" },
  ];
  for (const headers of wrong) {
    const status = await upgradeStatus(hub, { Cookie: cookie, ...headers });
    assert.equal(status, 400, JSON.stringify(headers));
  }
  const posted = await hub.fetch("/ws", { method: "POST", headers: { Cookie: cookie } });
  assert.equal(posted.headers.get("allow"), "GET, HEAD");
  assert.equal(await errorOf(posted, 405), "method_not_allowed");
  assert.ok(!hub.process.lines.some((line) => line.includes("cannot answer")));
});

Deno.test("hub ends a viewer that sends data through the feed", async () => {
  await using hub = await startHub();
  const headers = { Cookie: await session(hub) };
  await using watcher = new Watcher(hub, headers);
  await watcher.until("a snapshot", () => true);
  watcher.say("hello");
  assert.equal(await watcher.closed(), 1008);
});

Deno.test("hub that stops informs its viewers", async () => {
  await using hub = await startHub();
  await using watcher = new Watcher(hub, { Cookie: await session(hub) });
  await watcher.until("a snapshot", () => true);
  await hub.stop();
  assert.equal(await watcher.closed(), 1001);
});

Deno.test("hub frees the place of a viewer that hangs up before the feed is open", async () => {
  await using hub = await startHub({ hub: { public_status: "yes" } });
  for (let count = 0; count < 150; count++) {
    using connection = await askForFeed(hub, {});
    // When a connection is closed with an unread answer, the system resets it.
    if (count % 2 === 0) await within("an answer", connection.read(new Uint8Array(1)));
  }
  await until("a place to be free", async () => await upgradeStatus(hub, {}) === 101);
});

Deno.test("hub keeps places for logged-in viewers, whatever guests take, and frees them again", async () => {
  await using hub = await startHub({ hub: { public_status: "yes" } });
  const cookie = await session(hub);
  await using guests = new AsyncDisposableStack();
  const open = Array.from({ length: 60 }, () => guests.use(new Watcher(hub)));
  await Promise.all(open.map((guest) => guest.until("a snapshot", () => true)));
  assert.equal(await upgradeStatus(hub, {}), 503);
  await using owner = new Watcher(hub, { Cookie: cookie });
  await owner.until("a snapshot", ({ guest }) => guest !== true);
  await open[0]?.[Symbol.asyncDispose]();
  await until("a place to be free", async () => await upgradeStatus(hub, {}) === 101);
});

Deno.test("hub sends a snapshot, then every change in its turn", async () => {
  const alerts = { hold: "0s", group: "0s" };
  await using hub = await startHub({ cluster: QUICK_DEATHS, alerts, sms: { provider: "print" } });
  const login = { username: "john-snow", password: hub.credential("john-snow") };
  const client = await TestClient.connect({ port: hub.brokerPort, ...login });
  await using node = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
  await hub.waitForLiveness("john-snow", "alive");

  await using watcher = new Watcher(hub, { Cookie: await session(hub) });
  const first = await watcher.until("the snapshot", () => true);
  assert.deepEqual([first.blind, first.nodes[0]?.name, first.guest], [
    null,
    "John Snow",
    undefined,
  ]);
  await watcher.until(
    "a heartbeat",
    ({ nodes }) => (nodes[0]?.last_heartbeat_at ?? "") > (first.nodes[0]?.last_heartbeat_at ?? ""),
  );
  await node[Symbol.asyncDispose]();
  await client.kill();
  await watcher.until("the death", ({ nodes }) => nodes[0]?.liveness === "dead");
  const last = await watcher.until(
    "the message",
    ({ deliveries, incidents }) =>
      deliveries[0]?.state === "accepted" && incidents[0]?.told_at != null,
  );
  assert.deepEqual(last.nodes, await hub.nodes());
  assert.deepEqual(last.incidents, await hub.incidents());
  assert.deepEqual(last.deliveries, await hub.deliveries());
  const seqs = watcher.messages.map(({ seq }) => seq);
  assert.deepEqual(seqs, seqs.map((_, index) => (seqs[0] ?? 0) + index));
  assert.deepEqual(watcher.messages.map(({ kind }) => kind).indexOf("snapshot", 1), -1);

  await hub.run("revoke", "john-snow");
  await watcher.until("the node to be gone", ({ nodes }) => nodes.length === 0);
  await hub.stop();
});

Deno.test("hub shows the page what LEDs and buzzers do, and guests no silences", async () => {
  const settings = {
    hub: { public_status: "yes" },
    rpi: { buzzer_hold: "0s" },
    cluster: QUICK_DEATHS,
  };
  await using hub = await startHub(settings);
  const login = { username: "john-snow", password: hub.credential("john-snow") };
  const client = await TestClient.connect({ port: hub.brokerPort, ...login });
  const node = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
  await hub.waitForLiveness("john-snow", "alive");
  await using guest = new Watcher(hub);
  await using owner = new Watcher(hub, { Cookie: await session(hub) });
  const shows = (kind: string) =>
    owner.until(`LEDs to show ${kind}`, ({ alarm }) => alarm.shows === kind);
  assert.deepEqual((await shows("all_well")).alarm, {
    trackers: [],
    shows: "all_well",
    silences: [],
    maintenance: [],
  });
  await node[Symbol.asyncDispose]();
  await client.kill();
  await shows("dead_buzzing");
  await act(hub, "silence", { for: "1h" });
  await shows("dead");
  await act(hub, "silence", { for: "0s" });
  await shows("dead_buzzing");
  await act(hub, "maintenance", { node: "john-snow", for: "2h" });
  const { alarm } = await shows("dead");
  assert.deepEqual([alarm.silences, alarm.maintenance.map(({ node }) => node)], [[], [
    "john-snow",
  ]]);
  await guest.until("the alarm", (view) => view.alarm.shows === "dead");
  for (const message of guest.messages) {
    assert.deepEqual(message.alarm?.maintenance ?? [], []);
    assert.deepEqual(message.alarm?.silences ?? [], []);
  }
});

Deno.test("hub with a public status hides numbers and texts from guests", async () => {
  const hubSection = { public_status: "yes" };
  const alerts = { hold: "0s", group: "0s" };
  const sms = { provider: "print", to: "+4915112345678" };
  await using hub = await startHub({ hub: hubSection, cluster: QUICK_DEATHS, alerts, sms });
  const login = { username: "john-snow", password: hub.credential("john-snow") };
  const client = await TestClient.connect({ port: hub.brokerPort, ...login });
  const node = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
  await hub.waitForLiveness("john-snow", "alive");
  await using guest = new Watcher(hub);
  await using owner = new Watcher(hub, { Cookie: await session(hub) });
  await Promise.all([guest, owner].map((one) => one.until("the snapshot", () => true)));
  await node[Symbol.asyncDispose]();
  await client.kill();
  await owner.until("the message", ({ deliveries }) => deliveries[0]?.state === "accepted");
  await guest.until("the incident", ({ incidents }) => incidents[0]?.told_at != null);
  await using late = new Watcher(hub);
  await late.until("the incident", ({ incidents }) => incidents.length === 1);
  for (const { view, messages } of [guest, late]) {
    assert.deepEqual([view?.guest, view?.deliveries], [true, []]);
    assert.ok(!JSON.stringify(messages).includes("+4915112345678"));
  }
  for (const path of ["/api/v1/nodes", "/api/v1/incidents", "/metrics"]) {
    const response = await hub.fetch(path);
    assert.equal(response.status, 200);
    assert.ok(!(await response.text()).includes("+49"));
  }
  assert.equal(await errorOf(await hub.fetch("/api/v1/deliveries"), 401), "unauthorized");
});
