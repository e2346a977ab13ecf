/** The hub's memory on disk: what outlives it, what keeps it small, and who else may look into it. */

import assert from "node:assert/strict";
import type { NewIncident } from "../../hub/store/incident_rows.ts";
import type { StoredNode } from "../../hub/store/node_rows.ts";
import { Database } from "../../hub/store/database.ts";
import { Store } from "../../hub/store/store.ts";
import { TemporaryFolder } from "../support/temporary_folder.ts";

const NOW_MS = 1_764_000_000_000;

const NODE: StoredNode = {
  id: "john-snow",
  name: "John Snow",
  facts: { model: "Raspberry Pi 5", addresses: ["192.168.1.7"], cores: 4 },
  liveness: "alive",
  isExpected: true,
  session: "s-1",
  sinceMs: NOW_MS,
  everyMs: 1000,
  reconnectMs: 2000,
  lastHeardMs: NOW_MS + 7,
};

const DEATH: NewIncident = {
  node: "john-snow",
  name: "John Snow",
  cause: "silence",
  diedAtMs: NOW_MS,
  lastHeardMs: NOW_MS - 5000,
};

function message(recipient: string, text = "John Snow is down.") {
  return { channel: "twilio", recipient, text, incidentIds: [], atMs: NOW_MS };
}

Deno.test("store brings back what an earlier run wrote", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  {
    using store = new Store(path);
    store.nodes.save({ ...NODE, liveness: "unknown" });
    store.nodes.save(NODE);
    const silent = { ...NODE, id: "arya", name: undefined, session: undefined, isExpected: false };
    store.nodes.save({ ...silent, lastHeardMs: undefined });
    const incident = store.incidents.open(DEATH);
    store.outbox.add({ ...message("+491"), incidentIds: [incident] });
  }
  using store = new Store(path);
  assert.deepEqual(store.nodes.all().find(({ id }) => id === "john-snow"), NODE);
  const arya = store.nodes.all().find(({ id }) => id === "arya");
  assert.deepEqual([arya?.name, arya?.session, arya?.lastHeardMs, arya?.isExpected], [
    undefined,
    undefined,
    undefined,
    false,
  ]);
  const [incident] = store.incidents.newest(10);
  assert.deepEqual(incident, {
    ...DEATH,
    id: 1,
    promisedAtMs: undefined,
    toldAtMs: undefined,
    recoveredAtMs: undefined,
  });
  const [row] = store.outbox.next();
  assert.deepEqual([row?.incidentIds, row?.state, row?.attempts, row?.dueAtMs], [
    [1],
    "pending",
    0,
    NOW_MS,
  ]);
});

Deno.test("store undoes all of a change of which a part fails", () => {
  using store = new Store(":memory:");
  assert.throws(
    () =>
      store.transaction(() => {
        store.nodes.save(NODE);
        store.incidents.open(DEATH);
        throw new Error("the power fails");
      }),
    /the power fails/,
  );
  assert.deepEqual([store.nodes.all(), store.incidents.newest(1)], [[], []]);
});

Deno.test("store has at most one open incident of a node", () => {
  using store = new Store(":memory:");
  const id = store.incidents.open(DEATH);
  assert.equal(store.incidents.open({ ...DEATH, diedAtMs: NOW_MS + 1000 }), id);
  assert.equal(store.incidents.get(id)?.diedAtMs, NOW_MS);
  assert.equal(store.incidents.close("john-snow", NOW_MS + 2000), id);
  assert.equal(store.incidents.close("john-snow", NOW_MS + 3000), undefined);
  assert.notEqual(store.incidents.open(DEATH), id);
  assert.equal(store.incidents.get(id)?.recoveredAtMs, NOW_MS + 2000);
});

Deno.test("store owes a word on what is open, and on a recovery from what was promised", () => {
  using store = new Store(":memory:");
  const owed = () => store.incidents.owed().map(({ node }) => node);
  for (const node of ["open", "told", "untold", "settled"]) {
    store.incidents.open({ ...DEATH, node });
  }
  for (const node of ["told", "settled"]) store.incidents.promise(node, NOW_MS);
  for (const node of ["told", "untold", "settled"]) store.incidents.close(node, NOW_MS + 1000);
  assert.deepEqual(store.incidents.settle("settled"), [4]);
  assert.deepEqual(store.incidents.settle("settled"), []);
  assert.deepEqual(owed(), ["open", "told"]);
  store.incidents.settle("told");
  assert.deepEqual(owed(), ["open"]);
});

Deno.test("store keeps the first instants of promise and telling", () => {
  using store = new Store(":memory:");
  const id = store.incidents.open(DEATH);
  for (const ms of [1000, 2000]) {
    store.incidents.promise("john-snow", NOW_MS + ms);
    store.incidents.tell([id], NOW_MS + 10 + ms);
  }
  const incident = store.incidents.get(id);
  assert.deepEqual([incident?.promisedAtMs, incident?.toldAtMs], [NOW_MS + 1000, NOW_MS + 1010]);
});

Deno.test("store tells of each recipient the oldest message that is pending", () => {
  using store = new Store(":memory:");
  const [first = 0, second = 0, third = 0] = ["+491", "+491", "+492"]
    .map((recipient) => store.outbox.add(message(recipient)));
  const next = () => store.outbox.next().map(({ id }) => id);
  assert.deepEqual(next(), [first, third]);
  const later = { state: "pending", isUncertain: true, dueAtMs: NOW_MS + 1000 } as const;
  store.outbox.settle(first, { ...later, lastError: "busy" });
  assert.deepEqual(next(), [third, first]);
  assert.equal(store.outbox.get(first)?.isUncertain, true);
  store.outbox.hasten(NOW_MS + 10);
  assert.deepEqual([first, third].map((id) => store.outbox.get(id)?.dueAtMs), [
    NOW_MS + 10,
    NOW_MS,
  ]);
  store.outbox.settle(first, { ...later, isUncertain: false, state: "refused" });
  assert.deepEqual(next(), [second, third]);
  assert.equal(store.outbox.get(first)?.lastError, undefined);
});

Deno.test("store marks a message before it is sent, for whoever comes after a crash", () => {
  using folder = new TemporaryFolder();
  const crashed = new Store(folder.file("hub.db"));
  const id = crashed.outbox.add(message("+491"));
  crashed.outbox.beginAttempt(id);
  // The crashed one is still open: nothing was written at a closing.
  using store = new Store(folder.file("hub.db"));
  const row = store.outbox.get(id);
  assert.deepEqual([row?.isUncertain, row?.attempts, row?.state], [true, 1, "pending"]);
  crashed[Symbol.dispose]();
});

Deno.test("store keeps ten thousand messages, and every pending one", () => {
  using store = new Store(":memory:");
  store.transaction(() => {
    const incident = store.incidents.open(DEATH);
    for (let count = 0; count < 10_050; count++) {
      const id = store.outbox.add({ ...message("+491"), incidentIds: [incident] });
      if (count === 0) continue;
      store.outbox.settle(id, { state: "accepted", isUncertain: false, dueAtMs: NOW_MS });
    }
  });
  assert.equal(store.outbox.newest(20_000).length, 10_001);
  assert.deepEqual(store.outbox.next().map(({ id }) => id), [1]);
  assert.deepEqual([...store.outbox.countByState()], [["accepted", 10_000], ["pending", 1]]);
});

Deno.test("store keeps ten thousand incidents, and every open one", () => {
  using store = new Store(":memory:");
  store.transaction(() => {
    store.incidents.open({ ...DEATH, node: "still-down" });
    for (let count = 0; count < 10_050; count++) {
      store.incidents.open(DEATH);
      store.incidents.close("john-snow", NOW_MS + 1000);
    }
  });
  assert.equal(store.incidents.newest(20_000).length, 10_001);
  assert.deepEqual(store.incidents.owed().map(({ node }) => node), ["still-down"]);
});

Deno.test("store of a running hub can be written by another process", () => {
  using folder = new TemporaryFolder();
  using hub = new Store(folder.file("hub.db"));
  using command = new Store(folder.file("hub.db"));
  hub.nodes.save(NODE);
  command.nodes.remove("john-snow");
  assert.deepEqual(hub.nodes.all(), []);
});

Deno.test("store that cannot be opened says which file, and why", () => {
  using folder = new TemporaryFolder();
  const path = folder.write(
    "hub.db",
    "this is no database, but a text that is long enough to be one",
  );
  assert.throws(() => new Store(path), (error) => {
    assert.ok(error instanceof Error);
    assert.match(error.message, /^Cannot open the database ".*hub\.db": .*not a database/);
    return true;
  });
  assert.throws(() => new Store(folder.file("absent/hub.db")), /Cannot open the database/);
});

Deno.test("store tells what failed, also where SQLite has rolled back by itself", () => {
  using database = new Database(":memory:");
  const write = () => database.run("INSERT OR ROLLBACK INTO nodes (id) VALUES ('pi-1')", {});
  assert.throws(() => database.transaction(write), /NOT NULL constraint failed/);
  database.transaction(() => {});
});
