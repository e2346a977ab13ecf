/** Which clients are refused, and when that is worth a notice. */

import assert from "node:assert/strict";
import { type RefusedClient, RefusedClients } from "../../../core/limits/refused_clients.ts";
import { clientKey } from "../../../core/network/address.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function active(clients: RefusedClients, nowMs: number): readonly RefusedClient[] {
  return clients.all(nowMs).filter(({ isActive }) => isActive);
}

/** Refusals at a constant pace. Returns the instant of the last one. */
function refuse(
  clients: RefusedClients,
  from: string,
  { count, everyMs, fromMs = 0 }: { count: number; everyMs: number; fromMs?: number },
): number {
  for (let index = 0; index < count; index++) {
    clients.note("page_login", from, fromMs + index * everyMs);
  }
  return fromMs + (count - 1) * everyMs;
}

Deno.test("a mistyped password is remembered, and causes no notice", () => {
  const clients = new RefusedClients();
  const lastMs = refuse(clients, "192.168.1.9", { count: 10, everyMs: 3000 });
  assert.deepEqual(clients.all(lastMs), [{
    reason: "page_login",
    from: "192.168.1.9",
    count: 10,
    sinceMs: 0,
    lastMs,
    isActive: false,
  }]);
});

Deno.test("a program that tries a wrong password every 15 s all day causes no notice", () => {
  const clients = new RefusedClients();
  for (let nowMs = 0; nowMs < 24 * HOUR_MS; nowMs += 15_000) {
    clients.note("broker_login", "192.168.1.9", nowMs);
    assert.deepEqual(active(clients, nowMs), []);
  }
});

Deno.test("a persistent client is active until some minutes after its last attempt", () => {
  const clients = new RefusedClients();
  const lastMs = refuse(clients, "203.0.113.9", { count: 100, everyMs: 2000, fromMs: 1000 });
  const told = { reason: "page_login", from: "203.0.113.9", count: 100, sinceMs: 1000, lastMs };
  assert.deepEqual(active(clients, lastMs), [{ ...told, isActive: true }]);
  assert.equal(active(clients, lastMs + 4 * MINUTE_MS).length, 1);
  assert.deepEqual(active(clients, lastMs + 5 * MINUTE_MS), []);
  assert.deepEqual(clients.all(lastMs + 59 * MINUTE_MS), [{ ...told, isActive: false }]);
});

Deno.test("after a flood a single refusal causes no new notice", () => {
  const clients = new RefusedClients();
  const lastMs = refuse(clients, "203.0.113.9", { count: 100_000, everyMs: 1 });
  const laterMs = lastMs + 6 * MINUTE_MS;
  clients.note("page_login", "203.0.113.9", laterMs);
  assert.deepEqual(active(clients, laterMs), []);
});

Deno.test("a client is forgotten an hour after its last refusal", () => {
  const clients = new RefusedClients();
  const lastMs = refuse(clients, "203.0.113.9", { count: 30, everyMs: 0 });
  assert.deepEqual(clients.all(lastMs + HOUR_MS), []);
  clients.note("page_login", "203.0.113.9", lastMs + HOUR_MS);
  const [anew] = clients.all(lastMs + HOUR_MS);
  assert.deepEqual([anew?.count, anew?.sinceMs], [1, lastMs + HOUR_MS]);
});

Deno.test("a million addresses displace neither the busiest one nor those of another kind", () => {
  const clients = new RefusedClients();
  for (let index = 0; index < 30; index++) clients.note("rate", "pi-7", 0);
  for (let index = 0; index < 1_000_000; index++) {
    const nowMs = index / 10;
    const address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
    clients.note("page_login", address, nowMs);
    // A fiftieth of all. An address certainly has a place with a hundredth.
    if (index % 50 === 0) clients.note("page_login", "203.0.113.9", nowMs);
  }
  const nowMs = 100_000;
  assert.ok(clients.all(nowMs).length <= 102, `${clients.all(nowMs).length}`);
  const told = active(clients, nowMs);
  const counts = new Map(told.map(({ reason, from, count }) => [`${reason} ${from}`, count]));
  assert.deepEqual([...counts.keys()], [
    "page_login undefined",
    "page_login 203.0.113.9",
    "rate pi-7",
  ]);
  assert.equal(counts.get("rate pi-7"), 30);
  const ofBusiest = counts.get("page_login 203.0.113.9") ?? 0;
  assert.ok(ofBusiest > 19_000 && ofBusiest <= 20_000, `${ofBusiest}`);
});

Deno.test("many clients with a few refusals each cause one notice together", () => {
  const clients = new RefusedClients();
  for (let index = 0; index < 1000; index++) clients.note("viewers", `10.0.${index >> 2}.1`, index);
  const told = active(clients, 1000);
  assert.deepEqual(told.map(({ from, count }) => [from, count]), [[undefined, 1000]]);
  const few = new RefusedClients();
  for (let index = 0; index < 150; index++) few.note("viewers", `10.0.${index >> 2}.1`, index);
  assert.deepEqual(active(few, 150), []);
});

Deno.test("an IPv6 address counts as its network, which one customer owns", () => {
  const network = "2001:db8:1:2::/64";
  for (const from of ["2001:db8:1:2::1", "2001:0DB8:1:2:a:b:c:d", "2001:db8:1:2"]) {
    assert.equal(clientKey(from), network, from);
  }
  assert.equal(clientKey("::1"), "::1");
  assert.equal(clientKey("0:0:0:0"), "::1");
  assert.equal(clientKey("::ffff:192.0.2.7"), "192.0.2.7");
  assert.equal(clientKey("192.0.2.7"), "192.0.2.7");
  assert.equal(clientKey("fe80::1%eth0"), "fe80::/64");
  for (const node of ["pi-7", "dead:beef", ""]) assert.equal(clientKey(node), node);
});
