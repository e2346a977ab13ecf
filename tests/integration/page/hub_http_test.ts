/** The hub's HTTP answers, and who may see them. */

import assert from "node:assert/strict";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { freePort } from "../../support/network/free_port.ts";
import { BOOT_ID, PretendNode } from "../../support/nodes/pretend_node.ts";
import { COOKIE, errorOf, login, loginWith } from "../../support/page/hub_http.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { QUICK_DEATHS } from "../../support/program/detection_times.ts";
import { within } from "../../support/time/until.ts";

Deno.test("hub admits by its password, as a cookie that scripts cannot read or as Bearer", async () => {
  await using hub = await startHub();
  const response = await loginWith(hub, hub.password);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {});
  const [pair = "", ...flags] = (response.headers.get("set-cookie") ?? "").split("; ");
  assert.ok(pair.startsWith(`${COOKIE}=`));
  assert.deepEqual(flags.toSorted(), ["HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=Strict"]);
  assert.ok(!pair.includes(hub.password));

  const status = async (headers: Record<string, string>) => {
    const answer = await hub.fetch("/api/v1/nodes", { headers });
    await answer.body?.cancel();
    return answer.status;
  };
  assert.equal(await status({ Cookie: pair }), 200);
  assert.equal(await status({ Authorization: `Bearer ${hub.password}` }), 200);
  const token = pair.slice(COOKIE.length + 1);
  for (const forged of [`${token}x`, token.slice(1), token.toLowerCase(), "1", "", "."]) {
    assert.equal(await status({ Cookie: `${COOKIE}=${forged}` }), 401, forged);
  }
  for (const header of ["Bearer wrong", "Bearer ", `Basic ${btoa(`x:${hub.password}`)}`]) {
    assert.equal(await status({ Authorization: header }), 401, header);
  }
  const logout = await hub.fetch("/api/v1/logout", { method: "POST", headers: { Cookie: pair } });
  assert.match(logout.headers.get("set-cookie") ?? "", /^rpi_cluster_session=; Max-Age=0; Path=\//);
  await logout.body?.cancel();
});

Deno.test("hub answers what it cannot serve with an error in JSON", async () => {
  await using hub = await startHub();
  for (const path of ["nodes", "incidents", "deliveries"]) {
    const response = await hub.fetch(`/api/v1/${path}`);
    assert.equal(response.headers.get("www-authenticate"), "Bearer");
    assert.equal(await errorOf(response, 401), "unauthorized");
  }
  assert.equal(await errorOf(await hub.fetch("/metrics"), 401), "unauthorized");
  for (const path of ["/api/v1/nothing", "/api/v2/nodes", "/nothing", "/..%2f..%2fdeno.json"]) {
    assert.equal(await errorOf(await hub.fetch(path), 404), "not_found");
  }
  for (const body of ["", "{", "null", "[]", '"password"', '{"password":7}', '{"other":"x"}']) {
    assert.equal(await errorOf(await login(hub, body), 400), "bad_request", body);
  }
  const long = JSON.stringify({ password: "x".repeat(8192) });
  assert.equal(await errorOf(await login(hub, long), 413), "too_large");
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1024).fill(32)),
  });
  const streamed = hub.fetch("/api/v1/login", { method: "POST", body: endless });
  // The hub may close the connection before everything is sent.
  const status = await streamed.then((response) => errorOf(response, 413), () => "too_large");
  assert.equal(status, "too_large");
  assert.deepEqual(await hub.nodes(), []);
});

Deno.test("hub forbids caching of API answers, and knows each path's methods", async () => {
  await using hub = await startHub();
  for (const path of ["/api/v1/nodes", "/api/v1/nothing", "/metrics", "/healthz", "/readyz"]) {
    for (const headers of [{}, { Authorization: `Bearer ${hub.password}` }]) {
      const response = await hub.fetch(path, { headers });
      await response.body?.cancel();
      assert.equal(response.headers.get("cache-control"), "no-store, no-transform", path);
    }
  }
  const allowed: readonly (readonly [string, string, string])[] = [
    ["POST", "/api/v1/nodes", "GET, HEAD"],
    ["GET", "/api/v1/login", "POST"],
    ["DELETE", "/api/v1/nodes/john-snow", "GET, HEAD"],
    ["PUT", "/api/v1/sessions/1", "DELETE"],
    ["POST", "/", "GET, HEAD"],
  ];
  for (const [method, path, allow] of allowed) {
    const response = await hub.fetch(path, { method });
    assert.equal(response.headers.get("allow"), allow, path);
    assert.equal(await errorOf(response, 405), "method_not_allowed");
  }
});

Deno.test("hub keeps its database for its own user, also one that others could read", async () => {
  await using hub = await startHub();
  const modes = () =>
    ["hub.db", "hub.db-wal"].map((name) => {
      const { mode } = Deno.statSync(`${hub.statePath}/${name}`);
      return (mode ?? 0) & 0o777;
    });
  assert.deepEqual(modes(), [0o600, 0o600]);
  await hub.stop();
  Deno.chmodSync(`${hub.statePath}/hub.db`, 0o644);
  await hub.start();
  assert.deepEqual(modes(), [0o600, 0o600]);
});

Deno.test("hub shows guests a public page by its own names alone, and its owner by any", async () => {
  await using hub = await startHub({ hub: { public_status: "yes", names: "pis.example.org" } });
  const ask = async (host: string, headers: Readonly<Record<string, string>> = {}) =>
    await rawStatus(hub, "/api/v1/status", { Host: host, ...headers });
  const { host } = new URL(hub.url);
  for (const name of [host, "pis.example.org", "raspberrypi.local:8080", "hub", "[::1]:8080"]) {
    assert.equal(await ask(name), 200, name);
  }
  for (const name of ["evil.example", "pis.example.org.evil.example"]) {
    assert.equal(await ask(name), 401, name);
    assert.equal(await ask(name, { Authorization: `Bearer ${hub.password}` }), 200, name);
  }
  assert.equal(await rawStatus(hub, "/healthz", { Host: "evil.example" }), 200);
});

/** Returns the status of a GET with a forged Host, which `fetch` does not allow. */
async function rawStatus(
  hub: Hub,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const { hostname, port } = new URL(hub.url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = Object.entries({ ...headers, Connection: "close" })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  await connection.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`));
  const bytes = new Uint8Array(4096);
  const count = await within("an answer", connection.read(bytes)) ?? 0;
  return Number(new TextDecoder().decode(bytes.subarray(0, count)).split(" ")[1]);
}

Deno.test("hub shows nodes to permitted clients, in the documented shapes", async () => {
  await using hub = await startHub({ cluster: QUICK_DEATHS });
  const login = { username: "john-snow", password: hub.credential("john-snow") };
  await using client = await TestClient.connect({ port: hub.brokerPort, ...login });
  const facts = { model: "Raspberry Pi 5", boot_id: BOOT_ID };
  await using _node = await PretendNode.start(client, { id: "john-snow", name: "<b>J</b>", facts });
  await hub.waitForLiveness("john-snow", "alive");
  const answer = await hub.api<{ readonly blind: boolean; readonly nodes: readonly unknown[] }>(
    "/api/v1/nodes",
  );
  assert.equal(answer.blind, false);
  const [node] = await hub.nodes();
  const { id, name, liveness, since, session, last_heartbeat_at, vitals } = node ?? {};
  assert.deepEqual([id, name, liveness, vitals, node?.facts], [
    "john-snow",
    "<b>J</b>",
    "alive",
    {},
    facts,
  ]);
  assert.ok(session);
  for (const instant of [since, last_heartbeat_at]) {
    assert.match(instant ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(Math.abs(Date.now() - Date.parse(instant ?? "")) < 60_000);
  }
  assert.deepEqual(await hub.api("/api/v1/incidents?limit=5000"), { incidents: [] });
  assert.deepEqual(await hub.api("/api/v1/deliveries?limit=1"), { deliveries: [] });

  const metrics = await hub.fetch("/metrics", {
    headers: { Authorization: `Bearer ${hub.password}` },
  });
  assert.match(metrics.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const samples = samplesOf(await metrics.text());
  assert.equal(samples.get('rpi_cluster_node_liveness{node="john-snow",liveness="alive"}'), 1);
  assert.equal(samples.get('rpi_cluster_node_liveness{node="john-snow",liveness="dead"}'), 0);
  assert.equal(samples.get("rpi_cluster_hub_blind"), 0);
  assert.equal(samples.get('rpi_cluster_deliveries{state="pending"}'), 0);
  assert.equal(samples.get('rpi_cluster_transitions_total{to="alive"}'), 1);
});

/** Parses samples in Prometheus' text format; throws on an invalid line. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  assert.ok(text.endsWith("\n"));
  for (const line of text.trimEnd().split("\n")) {
    if (line === "" || /^# (HELP|TYPE) rpi_cluster_[a-z_]+ \S/.test(line)) continue;
    const match =
      /^(rpi_cluster_[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)+\})?) (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/
        .exec(line);
    assert.ok(match, line);
    const [, sample = "", value] = match;
    assert.ok(!samples.has(sample), line);
    samples.set(sample, Number(value));
  }
  return samples;
}

Deno.test("hub without visibility is alive but not ready, and says why", async () => {
  const url = `mqtt://127.0.0.1:${freePort()}`;
  await using hub = await startHub({ hub: { broker: "none" }, mqtt: { url } });
  const health = await hub.fetch("/healthz");
  assert.deepEqual([health.status, await health.text()], [200, "ok\n"]);
  const ready = await hub.fetch("/readyz");
  assert.equal(ready.status, 503);
  assert.match(await ready.text(), /^blind since \d{4}-.*Z: it has just started\n$/);
  assert.equal((await hub.api<{ readonly blind: boolean }>("/api/v1/nodes")).blind, true);
});

Deno.test("hub lets no other page frame it, run scripts in it or read its answers", async () => {
  await using hub = await startHub();
  for (const path of ["/", "/healthz", "/api/v1/nodes", "/nothing"]) {
    const response = await hub.fetch(path);
    await response.body?.cancel();
    const header = (name: string) => response.headers.get(name);
    const policy = header("content-security-policy") ?? "";
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
      assert.ok(policy.includes(part), `${path}: ${policy}`);
    }
    assert.ok(!/unsafe|\*/.test(policy), policy);
    assert.equal(header("x-content-type-options"), "nosniff");
    assert.equal(header("x-frame-options"), "DENY");
    assert.equal(header("referrer-policy"), "no-referrer");
    assert.equal(header("access-control-allow-origin"), null);
    assert.equal(header("strict-transport-security"), null);
  }
});
