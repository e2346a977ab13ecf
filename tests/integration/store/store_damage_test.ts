/**
 * The hub's file is damaged, emptied, removed, locked or out of space: the hub continues and
 * repairs it.
 */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { RestoredState } from "../../../hub/history/restore.ts";
import { checkFile, restoreVitals } from "../../../hub/store/background_work.ts";
import { PAGE_BYTES } from "../../../hub/store/database/connection.ts";
import type { NewIncident } from "../../../hub/store/stored_incident.ts";
import { Store } from "../../../hub/store/store.ts";
import { alertOf, down } from "../../support/alerting/alert_items.ts";
import { routeTo } from "../../support/alerting/policy_score.ts";
import { SmallDisk } from "../../support/faults/fault_disk.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { asideIn, leafPage, overwritePage, rootPage } from "../../support/store/database_damage.ts";
import { HandClock } from "../../support/time/hand_clock.ts";
import { isInTime } from "../../support/time/patience.ts";

const NOW_MS = 1_764_000_000_000;

function deathOf(node: string): NewIncident {
  return {
    kind: "node",
    subject: `node ${node}`,
    node,
    name: node,
    cause: "silence",
    diedAtMs: NOW_MS,
    lastHeardMs: NOW_MS - 5000,
  };
}

function promise(store: Store, text: string, incidentIds: readonly number[] = []): number {
  const to = { route: "sms", channel: "twilio", recipient: "+491" };
  return store.outbox.add({ ...to, text, items: [], incidentIds, atMs: NOW_MS });
}

/** A history: many ended incidents, one open incident with a notification, messages, vitals. */
function fill(path: string): void {
  using store = new Store(path);
  store.transaction(() => {
    for (let count = 0; count < 400; count++) {
      const id = store.incidents.open(deathOf(`pi-${count}`));
      store.incidents.close(`node pi-${count}`, { atMs: NOW_MS + 1000, now: "alive" });
      store.notifications.notify(id, "sms", NOW_MS);
      const message = promise(store, `pi-${count} is down. ${"x".repeat(100)}`, [id]);
      store.outbox.settle(message, { state: "accepted", isUncertain: false, dueAtMs: undefined });
      const change = { from: "alive", to: "dead", reason: "silence" } as const;
      store.transitions.add({ node: `pi-${count}`, ...change, atMs: NOW_MS + count });
      const atS = NOW_MS / 1000 + count;
      store.vitals.add({ node: "pi-1", atS, samples: [{ atS, readings: { cpu: count } }] });
    }
    const open = store.incidents.open(deathOf("arya"));
    store.notifications.notify(open, "sms", NOW_MS);
    promise(store, "Bran is down.", [open]);
    store.names.set("arya", "Arya Stark");
    store.maintenance.set("bran", { sinceMs: NOW_MS, untilMs: NOW_MS + 1000 });
  });
}

/** The data that must never be lost. */
function essence(store: Store) {
  return {
    owed: store.incidents.owed().filter(({ node }) => node === "arya").map(({ id, subject }) => ({
      subject,
      told: store.notifications.of(id),
    })),
    pending: store.outbox.next().map(({ text, attempts }) => [text, attempts]),
    names: [...store.names.all()],
    maintenance: [...store.maintenance.all().keys()],
  };
}

const EXPECTED = {
  owed: [{ subject: "node arya", told: [{ route: "sms", atMs: NOW_MS }] }],
  pending: [["Bran is down.", 0]],
  names: [["arya", "Arya Stark"]],
  maintenance: ["bran"],
};

for (const table of ["incidents", "outbox", "told", "transitions"]) {
  for (const [what, byte] of [["zeroed", 0], ["overwritten", 0xa5]] as const) {
    Deno.test(`a ${what} page of ${table}: all else is saved, the file is set aside`, () => {
      using folder = new TemporaryFolder();
      const path = folder.file("hub.db");
      fill(path);
      overwritePage(path, leafPage(path, table), byte);
      {
        using store = new Store(path);
        if (table === "transitions" && store.writeThrough) {
          for (const _ of checkFile(store.writeThrough));
        }
        store.writeThrough?.catchUp();
        assert.deepEqual(essence(store), EXPECTED);
        assert.equal(store.isWritten, true);
        assert.equal(asideIn(folder.path).length, 1);
        assert.equal(
          store.writeThrough?.replacements[0]?.path,
          folder.file(asideIn(folder.path)[0] ?? ""),
        );
        // Most of the older history is there as well.
        const incidents = store.incidents.newest(1000).length;
        const messages = store.outbox.newest(1000).length;
        assert.ok(
          incidents > 330 && messages > 330,
          `${incidents} incidents, ${messages} messages`,
        );
      }
      using again = new Store(path);
      assert.deepEqual(essence(again), EXPECTED);
      assert.equal(asideIn(folder.path).length, 1, "a repaired file is set aside again");
    });
  }
}

Deno.test("nodes whose page is damaged are known from their transitions, but for the removed", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  {
    using store = new Store(path);
    const at = { everyMs: 1000, reconnectMs: 2000, sinceMs: NOW_MS, facts: {} };
    for (const id of ["arya", "bran", "sansa"]) {
      store.nodes.save({
        ...{ id, name: undefined, liveness: "alive", isExpected: true, session: "s" },
        ...{
          ...at,
          lastHeardMs: undefined,
          backByMs: undefined,
          leftReason: undefined,
          endedSessions: [],
        },
      });
      const born = { from: "unknown", to: "alive", reason: "birth" } as const;
      store.transitions.add({ node: id, ...born, atMs: NOW_MS });
    }
    store.incidents.open({ ...deathOf("bran"), name: "Bran Stark" });
    store.nodes.remove("sansa");
    store.transitions.addRemoval("sansa", NOW_MS + 1);
  }
  overwritePage(path, leafPage(path, "nodes"), 0xa5);
  using store = new Store(path);
  const known = store.nodes.all().map(({ id, name, isExpected }) => [id, name, isExpected]);
  assert.deepEqual(known, [["arya", undefined, true], ["bran", "Bran Stark", true]]);
});

Deno.test("a damaged index costs no row", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  fill(path);
  overwritePage(path, rootPage(path, "open_incidents"), 0xff);
  using store = new Store(path);
  assert.deepEqual(essence(store), EXPECTED);
  assert.deepEqual([store.incidents.newest(1000).length, asideIn(folder.path).length], [401, 1]);
});

for (
  const [what, damage] of [
    ["cut in the middle", (path: string) => Deno.truncateSync(path, Deno.statSync(path).size / 2)],
    ["emptied", (path: string) => Deno.truncateSync(path, 0)],
    ["zeroed", (path: string) => Deno.writeFileSync(path, new Uint8Array(100 * PAGE_BYTES))],
    ["garbage", (path: string) => Deno.writeTextFileSync(path, "no database ".repeat(1000))],
    ["without its first page", (path: string) => overwritePage(path, 1, 0)],
  ] as const
) {
  Deno.test(`a file that is ${what} is set aside, and the store works`, () => {
    using folder = new TemporaryFolder();
    const path = folder.file("hub.db");
    fill(path);
    damage(path);
    {
      using store = new Store(path);
      assert.equal(store.isWritten, true);
      assert.equal(asideIn(folder.path).length, 1);
      store.incidents.open(deathOf("sansa"));
    }
    using again = new Store(path);
    assert.ok(again.incidents.openOf("node sansa") !== undefined);
    assert.equal(asideIn(folder.path).length, 1);
  });
}

Deno.test("a message whose content is lost is not sent empty: its death is told anew", () => {
  for (const table of ["alert_items", "outbox_items"]) {
    using folder = new TemporaryFolder();
    const path = folder.file("hub.db");
    {
      using store = new Store(path);
      const incident = store.incidents.open(deathOf("arya"));
      store.notifications.notify(incident, "sms", NOW_MS);
      const items = store.items.add(alertOf([down("Arya")], { route: "sms" }));
      const to = { route: "sms", channel: "twilio", recipient: "+491" };
      store.outbox.add({ ...to, items, incidentIds: [incident], atMs: NOW_MS });
    }
    overwritePage(path, rootPage(path, table), 0);
    using store = new Store(path);
    assert.deepEqual(store.outbox.next(), [], table);
    assert.equal(store.outbox.newest(1)[0]?.state, "refused");
    const restored = new RestoredState(store, new HandClock(), [routeTo("sms")]);
    const [death] = restored.policy(new Set(["arya"])).open;
    assert.deepEqual([...death?.deferred ?? []], ["sms"]);
  }
});

Deno.test("of damaged files the newest three are kept", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  for (let count = 0; count < 5; count++) {
    Deno.writeTextFileSync(path, `garbage ${count} `.repeat(1000));
    using _ = new Store(path);
  }
  const kept = asideIn(folder.path).map((name) =>
    Deno.readTextFileSync(folder.file(name)).slice(0, 9)
  );
  assert.deepEqual(kept, ["garbage 2", "garbage 3", "garbage 4"]);
});

Deno.test("vitals of a damaged file come back in small steps", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  fill(path);
  overwritePage(path, leafPage(path, "incidents"), 0);
  using store = new Store(path);
  const of = () => store.vitals.of("pi-1", NOW_MS / 1000, NOW_MS / 1000 + 400).length;
  assert.equal(of(), 0);
  const aside = store.writeThrough?.replacements[0]?.path;
  assert.ok(store.writeThrough && aside);
  const steps = [...restoreVitals(store.writeThrough, aside)].length;
  assert.deepEqual([of(), steps], [400, 400]);
});

Deno.test("a file that was deleted while it is open is written again", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  fill(path);
  {
    using store = new Store(path);
    Deno.removeSync(path);
    store.incidents.open(deathOf("sansa"));
    store.writeThrough?.catchUp();
    assert.equal(store.isWritten, true);
    store.incidents.open(deathOf("rickon"));
  }
  using again = new Store(path);
  assert.deepEqual(essence(again), EXPECTED);
  const open = again.incidents.newest(10, { isOpen: true }).map(({ node }) => node);
  assert.deepEqual(open, ["rickon", "sansa", "arya"]);
  assert.equal(again.transitions.newest("pi-7", 10).length, 1);
});

Deno.test("a file that was replaced while it is open is set aside for what is known", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  fill(path);
  {
    using other = new Store(folder.file("other.db"));
    other.incidents.open(deathOf("stranger"));
  }
  using store = new Store(path);
  Deno.renameSync(folder.file("other.db"), path);
  store.writeThrough?.catchUp();
  store.incidents.open(deathOf("rickon"));
  using again = new Store(path);
  assert.deepEqual(essence(again), EXPECTED);
  assert.ok(again.incidents.openOf("node rickon") !== undefined);
  const [aside = ""] = asideIn(folder.path);
  assert.match(aside, /replaced/);
  using foreign = new Store(folder.file(aside));
  assert.deepEqual(foreign.incidents.newest(10).map(({ node }) => node), ["stranger"]);
});

Deno.test("a lock of another program is waited for in memory, and nothing is lost", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  fill(path);
  {
    using store = new Store(path);
    {
      using other = new DatabaseSync(path);
      other.exec("BEGIN EXCLUSIVE");
      const beganMs = performance.now();
      const id = store.incidents.open(deathOf("sansa"));
      store.transaction(() => promise(store, "Sansa is down.", [id]));
      store.transitions.add({
        node: "sansa",
        from: "alive",
        to: "dead",
        reason: "silence",
        atMs: 1,
      });
      assert.equal(store.writeThrough?.fault?.cause, "locked");
      assert.ok(isInTime(performance.now() - beganMs, 5000), "the lock keeps the hub from seeing");
      store.writeThrough?.catchUp();
      assert.equal(store.isWritten, false);
    }
    store.writeThrough?.catchUp();
    assert.equal(store.isWritten, true);
  }
  using again = new Store(path);
  assert.ok(again.incidents.openOf("node sansa") !== undefined);
  assert.deepEqual(again.outbox.newest(1).map(({ text }) => text), ["Sansa is down."]);
  assert.equal(again.transitions.newest("sansa", 10).length, 1);
});

Deno.test("a full disk is waited for in memory, and a kill meanwhile costs only what came since", async () => {
  using folder = new TemporaryFolder();
  await using disk = await SmallDisk.mount(folder.file("disk"));
  const path = folder.file("disk/hub.db");
  fill(path);
  {
    using store = new Store(path);
    await disk.fill();
    const first = promise(store, `first ${"x".repeat(20_000)}`);
    assert.match(store.writeThrough?.fault?.reason ?? "", /full|I\/O/);
    store.outbox.beginAttempt(first);
    store.outbox.settle(first, { state: "accepted", isUncertain: false, dueAtMs: undefined });
    store.transitions.add({ node: "sansa", from: "alive", to: "dead", reason: "silence", atMs: 1 });
    {
      // Like a hub that starts after a kill.
      using killed = new Store(path);
      assert.deepEqual(essence(killed), EXPECTED);
    }
    store.writeThrough?.catchUp();
    assert.equal(store.isWritten, false);
    await disk.free();
    store.writeThrough?.catchUp();
    assert.equal(store.writeThrough?.fault, undefined);
  }
  using again = new Store(path);
  assert.deepEqual(essence(again), EXPECTED);
  assert.deepEqual(again.outbox.newest(1).map(({ state, attempts }) => [state, attempts]), [
    ["accepted", 1],
  ]);
  assert.equal(again.transitions.newest("sansa", 10).length, 1);
});

Deno.test("a disk that is full at the start is called full, and what it holds is known", async () => {
  using folder = new TemporaryFolder();
  await using disk = await SmallDisk.mount(folder.file("disk"));
  const path = folder.file("disk/hub.db");
  fill(path);
  await disk.fill();
  {
    using store = new Store(path);
    assert.equal(store.writeThrough?.fault?.cause, "full");
    assert.deepEqual(essence(store), EXPECTED);
    store.incidents.open(deathOf("sansa"));
    await disk.free();
    store.writeThrough?.catchUp();
    assert.equal(store.isWritten, true);
  }
  using again = new Store(path);
  assert.ok(again.incidents.openOf("node sansa") !== undefined);
  assert.deepEqual(essence(again), EXPECTED);
});

Deno.test("a file that could not be opened at first is joined with what was known without it", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  fill(folder.file("other.db"));
  Deno.mkdirSync(path);
  {
    using store = new Store(path);
    assert.equal(store.writeThrough?.fault?.cause, "no_access");
    const arya = store.incidents.open(deathOf("arya"));
    const sansa = store.incidents.open(deathOf("sansa"));
    store.notifications.notify(sansa, "sms", NOW_MS);
    promise(store, "Arya is down.", [arya]);
    Deno.removeSync(path);
    Deno.renameSync(folder.file("other.db"), path);
    store.writeThrough?.catchUp();
    assert.equal(store.writeThrough?.fault, undefined);
    store.incidents.open(deathOf("rickon"));
  }
  using again = new Store(path);
  const open = again.incidents.newest(1000, { isOpen: true }).map(({ node }) => node);
  // If two incidents of a subject are open, the older one stays, because people know it.
  assert.deepEqual(open, ["rickon", "sansa", "arya"]);
  assert.equal(again.incidents.openOf("node arya"), 401);
  const pending = again.outbox.newest(1000).filter(({ state }) => state === "pending");
  assert.deepEqual(pending.map(({ text }) => text), ["Arya is down.", "Bran is down."]);
  assert.equal(asideIn(folder.path).length, 0);
});

Deno.test("a crash while a file is replaced leaves the new one or the old one", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  // The old file is set aside, and the new one is complete but not in its place.
  fill(`${path}.new`);
  Deno.writeTextFileSync(`${path}.part`, "half of a file");
  {
    using store = new Store(path);
    assert.deepEqual(essence(store), EXPECTED);
    // The new file is complete, and the old one is not set aside yet.
    fill(`${path}.new`);
    store.incidents.open(deathOf("sansa"));
  }
  using again = new Store(path);
  assert.ok(again.incidents.openOf("node sansa") !== undefined);
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assert.deepEqual(names.filter((name) => /part|new/.test(name)), []);
});

Deno.test("a disk that has no room for a new file keeps the damaged one until there is", async () => {
  using folder = new TemporaryFolder();
  await using disk = await SmallDisk.mount(folder.file("disk"));
  const path = folder.file("disk/hub.db");
  fill(path);
  overwritePage(path, leafPage(path, "incidents"), 0);
  await disk.fill();
  {
    using store = new Store(path);
    assert.equal(store.isWritten, false);
    assert.deepEqual(essence(store), EXPECTED);
    assert.deepEqual(asideIn(folder.file("disk")), []);
    const names = [...Deno.readDirSync(folder.file("disk"))].map(({ name }) => name);
    assert.ok(!names.includes("hub.db.part"), "half of a file takes the room");
    store.incidents.open(deathOf("sansa"));
    await disk.free();
    store.writeThrough?.catchUp();
    assert.equal(store.isWritten, true);
    assert.equal(store.writeThrough?.replacements[0]?.why, "damaged");
  }
  using again = new Store(path);
  assert.ok(again.incidents.openOf("node sansa") !== undefined);
  assert.deepEqual(essence(again), EXPECTED);
});

Deno.test("what a command writes beside the hub is taken over", () => {
  using folder = new TemporaryFolder();
  using hub = new Store(folder.file("hub.db"));
  {
    using command = new Store(folder.file("hub.db"), { isOwner: false });
    command.facts.set("said", "by a command");
  }
  hub.names.set("arya", "Arya");
  hub.writeThrough?.catchUp();
  assert.equal(hub.facts.get("said"), "by a command");
  assert.deepEqual([...hub.names.all()], [["arya", "Arya"]]);
  hub.facts.set("said", "by the hub");
  using later = new Store(folder.file("hub.db"));
  assert.equal(later.facts.get("said"), "by the hub");
});

Deno.test("a check of the whole file finds damage where only the page looks", () => {
  for (const table of ["transitions", "vitals_heard", "transitions_of_node"]) {
    using folder = new TemporaryFolder();
    const path = folder.file("hub.db");
    fill(path);
    overwritePage(path, leafPage(path, table), 0xa5);
    using store = new Store(path);
    const database = store.writeThrough;
    assert.ok(database);
    assert.equal(store.isWritten, true);
    for (const _ of checkFile(database));
    assert.deepEqual([table, database.fault?.cause], [table, "damaged"]);
    database.catchUp();
    assert.deepEqual([store.isWritten, asideIn(folder.path).length], [true, 1]);
    for (const _ of checkFile(database));
    assert.equal(store.isWritten, true, "the new file is taken for damaged");
  }
});
