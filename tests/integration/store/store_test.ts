/**
 * The hub's store on disk: what outlives the hub, what limits its size, and which other programs
 * may read it.
 */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Connection } from "../../../hub/store/database/connection.ts";
import { SCHEMA_STEPS } from "../../../hub/store/database/schema.ts";
import type { NewIncident } from "../../../hub/store/stored_incident.ts";
import type { StoredNode } from "../../../hub/store/node_rows.ts";
import { SetupError } from "../../../io/program/user_error.ts";
import { Store } from "../../../hub/store/store.ts";
import { routeTo } from "../../support/alerting/policy_score.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

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
  backByMs: NOW_MS + 180_000,
  leftReason: "reboot",
  endedSessions: ["the one before", "the first"],
};

function deathOf(node: string): NewIncident {
  return {
    kind: "node",
    subject: `node ${node}`,
    node,
    name: "John Snow",
    cause: "silence",
    diedAtMs: NOW_MS,
    lastHeardMs: NOW_MS - 5000,
  };
}

const DEATH = deathOf("john-snow");

function message(recipient: string, text = "John Snow is down.") {
  const about = { items: [], incidentIds: [], atMs: NOW_MS };
  return { route: "sms", channel: "twilio", recipient, text, ...about };
}

Deno.test("store brings back what an earlier run wrote", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  {
    using store = new Store(path);
    store.nodes.save({ ...NODE, liveness: "unknown" });
    store.nodes.save(NODE);
    const silent = { ...NODE, id: "arya", name: undefined, session: undefined, isExpected: false };
    const unheard = { lastHeardMs: undefined, backByMs: undefined, leftReason: undefined };
    store.nodes.save({ ...silent, ...unheard });
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
    enqueuedAtMs: undefined,
    notifiedAtMs: undefined,
    recoveredAtMs: undefined,
    now: undefined,
    changes: 0,
    rebooted: false,
    acknowledgedAtMs: undefined,
    parent: undefined,
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

Deno.test("store has at most one open incident of a subject", () => {
  using store = new Store(":memory:");
  const { incidents } = store;
  const id = incidents.open(DEATH);
  assert.equal(incidents.open({ ...DEATH, diedAtMs: NOW_MS + 1000 }), id);
  assert.notEqual(
    incidents.open({ ...DEATH, kind: "flapping", subject: "flapping john-snow" }),
    id,
  );
  assert.equal(incidents.get(id)?.diedAtMs, NOW_MS);
  const end = { atMs: NOW_MS + 2000, now: "left", changes: 3, rebooted: true } as const;
  assert.deepEqual(incidents.close("node john-snow", end), [id]);
  assert.deepEqual(incidents.close("node john-snow", { atMs: NOW_MS + 3000 }), []);
  const again = incidents.open(DEATH);
  assert.notEqual(again, id);
  assert.equal(incidents.openOf("node john-snow"), again);
  assert.equal(incidents.nextId(), again + 1);
  const { recoveredAtMs, now, changes, rebooted } = incidents.get(id) ?? {};
  assert.deepEqual([recoveredAtMs, now, changes, rebooted], [NOW_MS + 2000, "left", 3, true]);
});

Deno.test("store owes a word on what is open, and on the end of what was told or is held", () => {
  using store = new Store(":memory:");
  const { incidents, notifications } = store;
  const owed = () => incidents.owed().map(({ node }) => node);
  const ids = new Map(["open", "told", "held", "untold", "settled"].map((node) => [
    node,
    incidents.open(deathOf(node)),
  ]));
  for (const node of ["told", "settled"]) notifications.notify(ids.get(node) ?? 0, "sms", NOW_MS);
  notifications.defer(ids.get("held") ?? 0, "sms");
  for (const node of ["told", "held", "untold", "settled"]) {
    incidents.close(`node ${node}`, { atMs: NOW_MS + 1000 });
  }
  notifications.resolve(ids.get("settled") ?? 0, "sms");
  assert.deepEqual(owed(), ["open", "told", "held"]);
  assert.deepEqual(notifications.of(ids.get("held") ?? 0), [{ route: "sms", atMs: undefined }]);
  assert.deepEqual(notifications.of(ids.get("told") ?? 0), [{ route: "sms", atMs: NOW_MS }]);
  notifications.resolve(ids.get("told") ?? 0, "sms");
  notifications.resolve(ids.get("held") ?? 0);
  assert.deepEqual(owed(), ["open"]);
});

Deno.test("store resolves for each route alone, and what is notified anew is owed anew", () => {
  using store = new Store(":memory:");
  const id = store.incidents.open(DEATH);
  for (const route of ["sms", "webhook"]) store.notifications.notify(id, route, NOW_MS);
  store.notifications.resolve(id, "sms");
  assert.deepEqual(store.notifications.of(id), [{ route: "webhook", atMs: NOW_MS }]);
  store.notifications.defer(id, "sms");
  store.notifications.resolve(id, "webhook");
  assert.deepEqual(store.notifications.of(id), [{ route: "sms", atMs: undefined }]);
  store.notifications.notify(id, "sms", NOW_MS + 1000);
  assert.deepEqual(store.notifications.of(id), [{ route: "sms", atMs: NOW_MS + 1000 }]);
});

Deno.test("store opens an incident by its id, and knows nobody who was notified of one that is gone", () => {
  using store = new Store(":memory:");
  assert.equal(store.incidents.nextId(), 1);
  assert.equal(store.incidents.open({ ...DEATH, id: 7 }), 7);
  assert.equal(store.incidents.nextId(), 8);
  store.notifications.notify(99, "sms", NOW_MS);
  store.notifications.defer(99, "webhook");
  assert.deepEqual(store.notifications.of(99), []);
  const message = {
    route: "sms",
    channel: "twilio",
    recipient: "+491",
    text: "x",
    items: [],
  };
  const id = store.outbox.add({ ...message, incidentIds: [7, 99], atMs: NOW_MS });
  assert.deepEqual(store.outbox.get(id)?.incidentIds, [7]);
});

Deno.test("store knows the routes of earlier runs by the names they have now", () => {
  using store = new Store(":memory:");
  const [renamed = 0, gone = 0, held = 0] = ["arya", "bran", "sansa"].map((node) =>
    store.incidents.open(deathOf(node))
  );
  store.notifications.notify(renamed, "old", NOW_MS);
  store.notifications.defer(renamed, "older");
  store.notifications.notify(gone, "sms", NOW_MS);
  store.notifications.notify(gone, "old", NOW_MS);
  store.notifications.defer(held, "sms");
  store.notifications.notify(held, "old", NOW_MS);
  store.notifications.rename([routeTo("sms"), routeTo("webhook")]);
  assert.deepEqual(store.notifications.of(renamed), [{ route: "sms", atMs: NOW_MS }]);
  assert.deepEqual(store.notifications.of(gone), [{ route: "sms", atMs: NOW_MS }]);
  assert.deepEqual(store.notifications.of(held), [{ route: "sms", atMs: undefined }]);
});

Deno.test("store ends the incident of a common cause with the last of its parts", () => {
  using store = new Store(":memory:");
  const { incidents } = store;
  const parts = ["arya", "bran"].map((node) => incidents.open(deathOf(node)));
  const parent = incidents.open({
    ...DEATH,
    kind: "common",
    subject: "common sms 1",
    node: "",
    name: "attic",
  });
  incidents.adopt(parent, parts);
  incidents.notify([parts[0] ?? 0], NOW_MS + 5000);
  assert.equal(incidents.get(parent)?.notifiedAtMs, NOW_MS + 5000);
  assert.deepEqual(incidents.close("node arya", { atMs: NOW_MS + 10_000 }), [parts[0]]);
  assert.deepEqual(incidents.close("node bran", { atMs: NOW_MS + 20_000 }), [parts[1], parent]);
  assert.equal(incidents.get(parent)?.recoveredAtMs, NOW_MS + 20_000);
});

Deno.test("store keeps the first instants of promise, telling and acknowledgement", () => {
  using store = new Store(":memory:");
  const { incidents } = store;
  const id = incidents.open(DEATH);
  for (const ms of [1000, 2000]) {
    incidents.enqueue(id, NOW_MS + ms);
    incidents.notify([id], NOW_MS + 10 + ms);
    assert.deepEqual(incidents.acknowledge("node john-snow", NOW_MS + 20 + ms), [id]);
  }
  const { enqueuedAtMs, notifiedAtMs, acknowledgedAtMs } = incidents.get(id) ?? {};
  assert.deepEqual([enqueuedAtMs, notifiedAtMs, acknowledgedAtMs], [
    NOW_MS + 1000,
    NOW_MS + 1010,
    NOW_MS + 1020,
  ]);
});

Deno.test("store takes over what the first version wrote, with what people were told", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  {
    using old = new DatabaseSync(path);
    old.exec(SCHEMA_STEPS[0] ?? "");
    old.exec(`
      INSERT INTO incidents (node, name, cause, died_at_ms, promised_at_ms, recovered_at_ms, recovery_settled)
      VALUES ('arya', 'Arya', 'silence', 1, NULL, NULL, 0), ('bran', 'Bran', 'silence', 2, 20, NULL, 0),
        ('sansa', 'Sansa', 'silence', 3, 30, 300, 0), ('jon', 'Jon', 'silence', 4, 40, 400, 1);
      INSERT INTO outbox (channel, recipient, text, created_at_ms, due_at_ms)
      VALUES ('twilio', '+491', 'Bran is down.', 20, 20);
      INSERT INTO outbox_incidents VALUES (1, 2);`);
  }
  using store = new Store(path);
  assert.deepEqual(
    store.incidents.owed().map(({ id, subject }) => [subject, store.notifications.of(id)]),
    [
      ["node arya", []],
      ["node bran", [{ route: "", atMs: 20 }]],
      ["node sansa", [{ route: "", atMs: 30 }]],
    ],
  );
  const [row] = store.outbox.next();
  assert.deepEqual([row?.text, row?.incidentIds, row?.alert], ["Bran is down.", [2], undefined]);
});

Deno.test("store of a newer version is not touched", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  {
    using newer = new DatabaseSync(path);
    newer.exec("PRAGMA user_version = 99");
  }
  assert.throws(() => new Store(path), (error) => {
    assert.ok(error instanceof SetupError);
    assert.match(error.message, /newer version \(99\).*install that version again/);
    return error.exitCode === 78;
  });
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
  for (const way of store.outbox.waiting()) {
    store.outbox.hasten(way, { nowMs: NOW_MS + 10, attemptsMin: 0 });
  }
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
  // The crashed store is still open: closing it has written nothing.
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
    store.incidents.open(deathOf("still-down"));
    for (let count = 0; count < 10_050; count++) {
      const node = `pi-${count % 20}`;
      store.incidents.open(deathOf(node));
      store.incidents.close(`node ${node}`, { atMs: NOW_MS + 1000 });
    }
  });
  assert.equal(store.incidents.newest(20_000).length, 10_001);
  assert.deepEqual(store.incidents.owed().map(({ node }) => node), ["still-down"]);
});

Deno.test("store keeps a thousand incidents of a node that flaps, those of others, and what is owed", () => {
  using store = new Store(":memory:");
  const { incidents, notifications } = store;
  const flap = (node: string) => {
    const id = incidents.open(deathOf(node));
    incidents.close(`node ${node}`, { atMs: NOW_MS });
    return id;
  };
  store.transaction(() => {
    const quiet = flap("quiet");
    const owed = incidents.open(deathOf("arya"));
    notifications.notify(owed, "", NOW_MS);
    incidents.close("node arya", { atMs: NOW_MS });
    for (let count = 0; count < 3000; count++) flap("arya");
    assert.ok(incidents.get(quiet));
    assert.ok(incidents.get(owed));
  });
  const kept = incidents.newest(10_000, { node: "arya" }).length;
  assert.ok(kept >= 1000 && kept <= 1101, `${kept}`);
});

Deno.test("store of a running hub can be written by another process", () => {
  using folder = new TemporaryFolder();
  using hub = new Store(folder.file("hub.db"));
  hub.nodes.save(NODE);
  {
    using command = new Store(folder.file("hub.db"), { isOwner: false });
    command.nodes.remove("john-snow");
  }
  // The hub continues with its own state, and does not restore what was removed.
  hub.nodes.save({ ...NODE, lastHeardMs: NOW_MS + 1000 });
  hub.nodes.save({ ...NODE, id: "arya" });
  using later = new Store(folder.file("hub.db"));
  assert.deepEqual(later.nodes.all().map(({ id }) => id), ["arya"]);
});

Deno.test("store that cannot be opened says which file, and why", () => {
  using folder = new TemporaryFolder();
  const path = folder.write(
    "hub.db",
    "this is no database, but a text that is long enough to be one",
  );
  assert.throws(() => new Store(path, { isOwner: false }), (error) => {
    assert.ok(error instanceof Error);
    assert.match(error.message, /^Cannot open the database ".*hub\.db": .*not a database/);
    return true;
  });
  const absent = folder.file("absent/hub.db");
  assert.throws(() => new Store(absent, { isOwner: false }), /Cannot open the database/);
});

Deno.test("store tells what failed, also where SQLite has rolled back by itself", () => {
  using database = Connection.inMemory();
  database.migrate();
  const write = () => database.run("INSERT OR ROLLBACK INTO nodes (id) VALUES ('pi-1')", {});
  assert.throws(() => database.transaction(write), /NOT NULL constraint failed/);
  database.transaction(() => {});
});
