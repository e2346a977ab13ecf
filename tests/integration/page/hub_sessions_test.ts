/** Logged-in browsers: sessions on disk, how they end, and what ends with them. */

import assert from "node:assert/strict";
import type { SessionView } from "../../../core/api/session_view.ts";
import { Sessions } from "../../../hub/http/login_sessions.ts";
import { Store } from "../../../hub/store/store.ts";
import { systemClock } from "../../../io/time/clock.ts";
import { COOKIE, errorOf, login, session } from "../../support/page/hub_http.ts";
import { Watcher } from "../../support/page/watcher.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";

const DAY_MS = 24 * 3_600_000;

async function sessionsOf(hub: Hub, cookie: string): Promise<readonly SessionView[]> {
  const response = await hub.fetch("/api/v1/sessions", { headers: { Cookie: cookie } });
  assert.equal(response.status, 200);
  return (await response.json()).sessions;
}

async function end(hub: Hub, path: string, headers: Record<string, string>): Promise<Response> {
  return await hub.fetch(`/api/v1/sessions${path}`, { method: "DELETE", headers });
}

async function statusOf(hub: Hub, cookie: string): Promise<number> {
  const response = await hub.fetch("/api/v1/nodes", { headers: { Cookie: cookie } });
  await response.body?.cancel();
  return response.status;
}

Deno.test("sessions are listed, outlive the hub, and end one by one or together", async () => {
  await using hub = await startHub();
  const [phone, wall, tablet] = [await session(hub), await session(hub), await session(hub)];
  const listed = await sessionsOf(hub, wall);
  assert.equal(listed.length, 3);
  assert.deepEqual(listed.map(({ current }) => current).sort(), [false, false, true]);
  for (const { id, created_at, last_seen_at, address, agent } of listed) {
    assert.ok(Number.isInteger(id));
    assert.ok(Math.abs(Date.now() - Date.parse(created_at)) < 60_000);
    assert.ok(Date.parse(last_seen_at) >= Date.parse(created_at));
    assert.equal(address, "127.0.0.1");
    assert.match(agent, /^Deno\//);
  }
  for (const cookie of [phone, wall, tablet]) {
    assert.ok(!JSON.stringify(listed).includes(cookie.slice(COOKIE.length + 1)));
  }

  await hub.stop();
  await hub.start();
  assert.equal(await statusOf(hub, phone), 200);
  const mine = (await sessionsOf(hub, phone)).find(({ current }) => current);
  const other = (await sessionsOf(hub, tablet)).find(({ current }) => current);
  assert.ok(mine && other && mine.id !== other.id);
  const ended = await end(hub, `/${other.id}`, { Cookie: phone });
  assert.equal(ended.status, 200);
  assert.deepEqual(await ended.json(), {});
  assert.equal(await statusOf(hub, tablet), 401);
  assert.equal(await errorOf(await end(hub, `/${other.id}`, { Cookie: phone }), 404), "not_found");
  for (const strange of ["/0", "/-1", "/x", "/1e3", "/1%20OR%201"]) {
    assert.equal(await errorOf(await end(hub, strange, { Cookie: phone }), 404), "not_found");
  }
  await (await end(hub, "", { Cookie: phone })).body?.cancel();
  assert.deepEqual([await statusOf(hub, phone), await statusOf(hub, wall)], [200, 401]);
  const logout = await hub.fetch("/api/v1/logout", { method: "POST", headers: { Cookie: phone } });
  await logout.body?.cancel();
  assert.equal(await statusOf(hub, phone), 401);
  // A program that uses the password has no session of its own, and may end all.
  const last = await session(hub);
  await (await end(hub, "", { Authorization: `Bearer ${hub.password}` })).body?.cancel();
  assert.equal(await statusOf(hub, last), 401);
});

Deno.test("nobody else lists or ends sessions, and no other page makes a browser do it", async () => {
  await using hub = await startHub({ hub: { public_status: "yes" } });
  const cookie = await session(hub);
  assert.equal(await errorOf(await hub.fetch("/api/v1/sessions"), 401), "unauthorized");
  for (const path of ["", "/1"]) {
    assert.equal(await errorOf(await end(hub, path, {}), 401), "unauthorized");
    for (const Origin of ["http://evil.example", "null", `${hub.url}0`]) {
      const response = await end(hub, path, { Cookie: cookie, Origin });
      assert.equal(await errorOf(response, 403), "foreign_origin");
    }
  }
  for (const path of ["login", "logout"]) {
    const response = await hub.fetch(`/api/v1/${path}`, {
      method: "POST",
      headers: { Cookie: cookie, Origin: "http://evil.example", "Content-Type": "text/plain" },
      body: JSON.stringify({ password: hub.password }),
    });
    assert.equal(response.headers.get("set-cookie"), null);
    assert.equal(await errorOf(response, 403), "foreign_origin");
  }
  assert.equal(await statusOf(hub, cookie), 200);
});

Deno.test("the WebSocket of an ended session is closed at once, and no other", async () => {
  await using hub = await startHub();
  const [phone, wall] = [await session(hub), await session(hub)];
  await using ended = new Watcher(hub, { Cookie: phone });
  await using left = new Watcher(hub, { Cookie: wall });
  await using program = new Watcher(hub, { Authorization: `Bearer ${hub.password}` });
  for (const one of [ended, left, program]) await one.until("the snapshot", () => true);
  const id = (await sessionsOf(hub, phone)).find(({ current }) => current)?.id;
  await (await end(hub, `/${id}`, { Cookie: wall })).body?.cancel();
  assert.equal(await ended.closed(), 4401);
  const seq = left.view?.seq ?? 0;
  await left.until("the next message", (view) => view.seq > seq);
  const logout = await hub.fetch("/api/v1/logout", { method: "POST", headers: { Cookie: wall } });
  await logout.body?.cancel();
  assert.equal(await left.closed(), 4401);
  const later = program.view?.seq ?? 0;
  await program.until("the next message", (view) => view.seq > later);
});

Deno.test("another password ends all sessions", async () => {
  await using hub = await startHub();
  const cookie = await session(hub);
  await hub.stop();
  hub.configure({ hub: { password: "another password" } });
  await hub.start();
  assert.equal(await statusOf(hub, cookie), 401);
  const response = await login(hub, '{"password":"another password"}');
  await response.body?.cancel();
  const fresh = (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  await hub.stop();
  await hub.start();
  assert.equal(await statusOf(hub, fresh), 200);
  assert.equal(await statusOf(hub, cookie), 401);
});

Deno.test("the cookie is for TLS alone where the page came by TLS, through a proxy, too", async () => {
  await using hub = await startHub();
  const flags = async (headers: Record<string, string>) => {
    const body = JSON.stringify({ password: hub.password });
    const response = await hub.fetch("/api/v1/login", { method: "POST", headers, body });
    await response.body?.cancel();
    return (response.headers.get("set-cookie") ?? "").split("; ").slice(1).toSorted();
  };
  const plain = ["HttpOnly", "Max-Age=34560000", "Path=/", "SameSite=Strict"];
  assert.deepEqual(await flags({}), plain);
  assert.deepEqual(await flags({ "X-Forwarded-Proto": "http" }), plain);
  assert.deepEqual(await flags({ "X-Forwarded-Proto": "https" }), [...plain, "Secure"]);
});

Deno.test("a session ends thirty days after its last use, and an open page uses it", () => {
  using store = new Store(":memory:");
  let aheadMs = 0;
  let look = () => {};
  const clock = {
    nowMs: () => 0,
    wallMs: (ms: number) => Date.parse("2026-11-22T14:00:00Z") + ms + aheadMs,
    callAt(_atMs: number, callback: () => void) {
      look = callback;
      return { [Symbol.dispose]: () => {} };
    },
  };
  using sessions = new Sessions(store, clock, "password");
  const [used, unused, watched] = ["a", "b", "c"].map((agent) => sessions.begin("::1", agent));
  assert.ok(used && unused && watched);
  const id = sessions.use(watched);
  assert.ok(id);
  const agents = () => sessions.all(undefined).map(({ agent }) => agent).sort();
  let closings = 0;
  const hold = sessions.watch(id, () => closings++);
  for (let day = 0; day <= 35; day += 7) {
    aheadMs = day * DAY_MS;
    assert.ok(sessions.use(used), `day ${day}`);
    look();
  }
  assert.deepEqual(agents(), ["a", "c"]);
  assert.equal(sessions.use(unused), undefined);
  hold[Symbol.dispose]();
  aheadMs += 31 * DAY_MS;
  assert.equal(sessions.use(used), undefined);
  look();
  assert.deepEqual(agents(), []);
  assert.deepEqual(store.sessions.all(), []);
  assert.equal(closings, 0);
});

Deno.test("of more than a hundred sessions the ones that were unseen for longest end", () => {
  using store = new Store(":memory:");
  using sessions = new Sessions(store, systemClock, "password");
  const tokens = Array.from({ length: 103 }, () => sessions.begin("::1", "\u0007bell".repeat(200)));
  assert.equal(sessions.all(undefined).length, 100);
  assert.ok(sessions.all(undefined).every(({ agent }) => agent.length <= 256 && agent[0] === " "));
  assert.deepEqual(tokens.slice(0, 4).map((token) => sessions.use(token) !== undefined), [
    false,
    false,
    false,
    true,
  ]);
});
