/**
 * What every kind of store keeps to: in memory, with its file on the same thread, and with its file
 * in a worker.
 */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { KEEP_VITALS, READ_VITALS } from "../../../hub/history/vitals_tasks.ts";
import { NEWEST_TRANSITIONS, TRANSITIONS_SINCE } from "../../../hub/store/history_tasks.ts";
import { checkFile } from "../../../hub/store/background_work.ts";
import type { NewIncident } from "../../../hub/store/stored_incident.ts";
import { Store } from "../../../hub/store/store.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { asideIn, leafPage, overwritePage } from "../../support/store/database_damage.ts";
import { Journal } from "../../support/store/journal.ts";
import { WorkerStore } from "../../support/store/worker_store.ts";
import { pass } from "../../support/time/pass.ts";
import { SeededRandom } from "../../support/time/seeded_random.ts";
import { until } from "../../support/time/until.ts";

const NOW_MS = 1_764_000_000_000;

type Opened = { readonly store: Store } & AsyncDisposable;

interface Kind {
  readonly what: string;
  readonly open: (path: string) => Opened | Promise<Opened>;
}

const IN_MEMORY: Kind = { what: "in memory", open: () => opened(new Store(":memory:")) };
const WITH_FILE: readonly Kind[] = [
  { what: "with its file on the same thread", open: (path) => opened(new Store(path)) },
  { what: "with its file in a worker", open: (path) => WorkerStore.open(path) },
];

function opened(store: Store): Opened {
  return {
    store,
    [Symbol.asyncDispose]() {
      store[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

function test(
  what: string,
  kinds: readonly Kind[],
  play: (kind: Kind, path: string, folder: TemporaryFolder) => Promise<void>,
): void {
  for (const kind of kinds) {
    Deno.test(`a store ${kind.what}: ${what}`, async () => {
      using folder = new TemporaryFolder();
      await play(kind, folder.file("hub.db"), folder);
    });
  }
}

const ALL = [IN_MEMORY, ...WITH_FILE];

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

const DIED = { from: "alive", to: "dead", reason: "silence" } as const;

/** Catches up until the store has no fault. */
async function untilWritten(store: Store): Promise<void> {
  await until("the store to be written", async () => {
    store.writeThrough?.catchUp();
    await pass(10);
    await store.written();
    return store.isWritten;
  });
}

async function untilFault(store: Store): Promise<string> {
  const found = await until("a fault", async () => {
    await pass(10);
    return store.writeThrough?.fault?.cause;
  });
  return found;
}

function openNodes(store: Store): readonly string[] {
  return store.incidents.newest(1000, { isOpen: true }).map(({ node }) => node).toSorted();
}

test("a change is there at once, and on disk once it is written", ALL, async (kind, path) => {
  {
    await using hub = await kind.open(path);
    const { store } = hub;
    store.transaction(() => {
      store.incidents.open(deathOf("arya"));
      store.names.set("arya", "Arya Stark");
      store.transitions.add({ node: "arya", ...DIED, atMs: NOW_MS });
    });
    assert.deepEqual(openNodes(store), ["arya"]);
    await store.written();
    assert.deepEqual([store.isWritten, store.isSettled, store.answers], [true, true, true]);
    if (kind === IN_MEMORY) return;
    using file = new DatabaseSync(path, { readOnly: true });
    const count = (table: string) =>
      Number(file.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows);
    assert.deepEqual(["incidents", "names", "transitions"].map(count), [1, 1, 1]);
  }
  await using again = await kind.open(path);
  assert.deepEqual(openNodes(again.store), ["arya"]);
});

test(
  "a transaction that fails leaves nothing, and what was before it stays",
  ALL,
  async (kind, path) => {
    await using hub = await kind.open(path);
    const { store } = hub;
    store.incidents.open(deathOf("arya"));
    assert.throws(() =>
      store.transaction(() => {
        store.incidents.open(deathOf("bran"));
        store.transitions.add({ node: "bran", ...DIED, atMs: NOW_MS });
        throw new Error("no");
      }), /^Error: no$/);
    await store.written();
    assert.deepEqual(openNodes(store), ["arya"]);
    assert.deepEqual(await store.ask(NEWEST_TRANSITIONS, { node: "bran", limit: 9 }), []);
  },
);

test("a question is answered from all that was written before it", ALL, async (kind, path) => {
  await using hub = await kind.open(path);
  const { store } = hub;
  const atS = NOW_MS / 1000;
  store.transitions.add({ node: "arya", ...DIED, atMs: NOW_MS });
  store.vitals.add({ node: "arya", atS, samples: [{ atS, readings: { cpu: 7 } }] });
  const newest = await store.ask(NEWEST_TRANSITIONS, { node: "arya", limit: 9 });
  assert.deepEqual(newest?.map(({ to }) => to), ["dead"]);
  const ofBoth = { nodes: ["bran", "arya"], fromMs: 0, rowsMax: 100 };
  const since = await store.ask(TRANSITIONS_SINCE, ofBoth);
  assert.deepEqual(since?.map(({ length }) => length), [0, 1]);
  const wanted = { node: "arya", fromS: atS - 60, toS: atS + 60, everyS: 30, untilS: 0 };
  assert.deepEqual(await store.ask(READ_VITALS, wanted), [{ atS, readings: { cpu: 7 } }]);
  store.transitions.addRemoval("arya", NOW_MS + 1);
  store.transitions.addRemoval("arya", NOW_MS + 2);
  store.transitions.addRemoval("bran", NOW_MS + 3);
  const removed = await store.ask(NEWEST_TRANSITIONS, { node: "arya", limit: 9 });
  assert.deepEqual(removed?.map(({ to, atMs }) => [to, atMs]), [
    ["unknown", NOW_MS + 1],
    ["dead", NOW_MS],
  ]);
});

test("means are made and old vitals removed where the file is", ALL, async (kind, path) => {
  await using hub = await kind.open(path);
  const { store } = hub;
  const hourS = 3600 * Math.floor(NOW_MS / 3_600_000);
  const nodes = Array.from({ length: 25 }, (_, index) => `pi-${index}`);
  for (const node of nodes) {
    const samples = [{ atS: hourS, readings: { cpu: 7 } }];
    store.transaction(() => store.vitals.add({ node, atS: hourS, samples }));
  }
  let progress = { untilS: hourS, node: "" };
  for (let isMore = true; isMore;) {
    const kept = await store.ask(KEEP_VITALS, { ...progress, nowS: hourS + 40 * 3600 });
    assert.ok(kept);
    progress = kept;
    isMore = kept.isMore;
  }
  assert.equal(progress.untilS, hourS + 40 * 3600);
  const wanted = { node: "pi-24", fromS: hourS, toS: hourS + 3600, everyS: 60 };
  const samples = await store.ask(READ_VITALS, { ...wanted, untilS: progress.untilS });
  assert.deepEqual(samples, [{ atS: hourS + 30, readings: { cpu: 7 } }]);
});

test(
  "whatever changes in whatever order is on disk once it is written",
  WITH_FILE,
  async (kind, path) => {
    const random = new SeededRandom();
    console.log(`TEST_SEED=${random.seed}`);
    await using hub = await kind.open(path);
    const { store } = hub;
    using file = new DatabaseSync(path, { readOnly: true });
    const names = file.prepare("SELECT node, name FROM names ORDER BY node");
    const changes = file.prepare("SELECT count(*) AS rows FROM transitions");
    let added = 0;
    const change = () => {
      const node = `pi-${Math.floor(random.between(0, 9))}`;
      if (random.between(0, 3) < 1) store.names.set(node, undefined);
      else store.names.set(node, `name ${added}`);
      if (random.between(0, 3) >= 1) return;
      store.transitions.add({ node, ...DIED, atMs: NOW_MS + added++ });
    };
    for (let round = 0; round < 60; round++) {
      const many = Math.floor(random.between(0, 9));
      const once = random.between(0, 2) < 1;
      if (once) store.transaction(() => Array.from({ length: many }, change));
      else for (let count = 0; count < many; count++) change();
      // Some of it may be under way already.
      if (random.between(0, 2) < 1) await pass(random.between(0, 60));
      if (random.between(0, 2) < 1) change();
      await store.written();
      const there = names.all().map(({ node, name }) => [node, name]);
      const here = [...store.names.all()].toSorted(([one], [other]) => one < other ? -1 : 1);
      assert.deepEqual([there, changes.get()?.rows], [here, added], `round ${round}`);
    }
  },
);

test("it works on while another program locks the file", WITH_FILE, async (kind, path) => {
  {
    await using hub = await kind.open(path);
    const { store } = hub;
    {
      using other = new DatabaseSync(path);
      other.exec("BEGIN IMMEDIATE");
      store.incidents.open(deathOf("arya"));
      store.transitions.add({ node: "arya", ...DIED, atMs: NOW_MS });
      assert.equal(await untilFault(store), "locked");
      await store.written();
      assert.equal(store.isWritten, false);
      store.incidents.open(deathOf("bran"));
      assert.deepEqual(openNodes(store), ["arya", "bran"]);
    }
    await untilWritten(store);
    const found = await store.ask(NEWEST_TRANSITIONS, { node: "arya", limit: 9 });
    assert.equal(found?.length, 1);
  }
  await using again = await kind.open(path);
  assert.deepEqual(openNodes(again.store), ["arya", "bran"]);
});

test(
  "what another program writes is taken over, and its own stays",
  WITH_FILE,
  async (kind, path) => {
    await using hub = await kind.open(path);
    const { store } = hub;
    await store.written();
    {
      using command = new Store(path, { isOwner: false });
      command.facts.set("said", "by a command");
    }
    store.names.set("arya", "Arya");
    await until("what the command said", async () => {
      store.writeThrough?.catchUp();
      await pass(10);
      return store.facts.get("said") === "by a command";
    });
    assert.deepEqual([...store.names.all()], [["arya", "Arya"]]);
    store.facts.set("said", "by the hub");
    await store.written();
    using later = new Store(path, { isOwner: false });
    assert.deepEqual([later.facts.get("said"), later.names.all().get("arya")], [
      "by the hub",
      "Arya",
    ]);
  },
);

test("a file that was deleted is written again, as a whole", WITH_FILE, async (kind, path) => {
  {
    await using hub = await kind.open(path);
    const { store } = hub;
    store.incidents.open(deathOf("arya"));
    store.transitions.add({ node: "arya", ...DIED, atMs: NOW_MS });
    await store.written();
    Deno.removeSync(path);
    store.incidents.open(deathOf("bran"));
    await until("the file", async () => {
      store.writeThrough?.catchUp();
      await pass(10);
      return store.isWritten && store.writeThrough?.replacements[0]?.why === "deleted";
    });
    store.incidents.open(deathOf("sansa"));
  }
  await using again = await kind.open(path);
  assert.deepEqual(openNodes(again.store), ["arya", "bran", "sansa"]);
  const found = await again.store.ask(NEWEST_TRANSITIONS, { node: "arya", limit: 9 });
  assert.equal(found?.length, 1);
});

test(
  "damage that a check finds is mended, and the old file set aside",
  WITH_FILE,
  async (kind, path, folder) => {
    {
      using store = new Store(path);
      store.transaction(() => {
        for (let count = 0; count < 400; count++) {
          store.transitions.add({ node: `pi-${count}`, ...DIED, atMs: NOW_MS + count });
        }
        store.incidents.open(deathOf("arya"));
      });
    }
    overwritePage(path, leafPage(path, "transitions"), 0xa5);
    await using hub = await kind.open(path);
    const { store } = hub;
    assert.ok(store.writeThrough);
    for (const _ of checkFile(store.writeThrough)) await pass(1);
    assert.equal(store.writeThrough.fault?.cause, "damaged");
    await untilWritten(store);
    assert.equal(asideIn(folder.path).length, 1);
    assert.deepEqual(openNodes(store), ["arya"]);
  },
);

test(
  "a file that appears later is merged with what was known without it",
  WITH_FILE,
  async (kind, path, folder) => {
    const other = folder.file("other.db");
    {
      using store = new Store(other);
      store.incidents.open(deathOf("bran"));
      store.names.set("bran", "Bran Stark");
    }
    Deno.mkdirSync(path);
    {
      await using hub = await kind.open(path);
      const { store } = hub;
      assert.equal(store.writeThrough?.fault?.cause, "no_access");
      store.incidents.open(deathOf("arya"));
      Deno.removeSync(path);
      Deno.renameSync(other, path);
      await untilWritten(store);
      assert.deepEqual(openNodes(store), ["arya", "bran"]);
      assert.equal(store.names.all().get("bran"), "Bran Stark");
    }
    await using again = await kind.open(path);
    assert.deepEqual(openNodes(again.store), ["arya", "bran"]);
  },
);

Deno.test("a store with its file in a worker writes what comes together in few transactions", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  await using hub = await WorkerStore.open(path);
  const { store } = hub;
  await store.written();
  const journal = new Journal(path);
  for (let count = 0; count < 200; count++) store.names.set(`pi-${count}`, "a name");
  await store.written();
  assert.equal(journal.look(), 1);
});

Deno.test("a store with its file in a worker reads its history only through it", async () => {
  using folder = new TemporaryFolder();
  await using hub = await WorkerStore.open(folder.file("hub.db"));
  assert.throws(() => hub.store.transitions.newest("arya", 1), /in a worker/);
});

Deno.test("the hub's worker knows every task", () => {
  const hub = new URL("../../../hub/", import.meta.url).pathname;
  const worker = Deno.readTextFileSync(`${hub}store_worker.ts`);
  const tasks = ["store", "history"].flatMap((room) =>
    [...Deno.readDirSync(hub + room)].filter(({ isFile }) => isFile).flatMap(({ name }) => {
      const text = Deno.readTextFileSync(`${hub}${room}/${name}`);
      return [...text.matchAll(/^export const (\w+): HistoryTask</gm)].map(([, task = ""]) => task);
    })
  );
  assert.ok(tasks.length >= 4, tasks.join(", "));
  const list = worker.slice(worker.indexOf("serveFile(["));
  assert.deepEqual(tasks.filter((task) => !new RegExp(`\\b${task}\\b`).test(list)), []);
});

Deno.test("a worker that fails is noticed, with its reason", async () => {
  using folder = new TemporaryFolder();
  const hub = await WorkerStore.open(folder.file("hub.db"));
  hub.worker.send({ kind: "task", name: "no such task", args: undefined }, () => {});
  await assert.rejects(hub.worker.failed(), /the worker with the database failed: .*no such task/);
  hub.kill();
});
