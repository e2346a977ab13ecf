/** Copies of a state folder: consistent, whole after a kill, and taken over where they are newer. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Config } from "../../../core/config/settings.ts";
import { CheckpointKeeper } from "../../../hub/checkpoint/checkpoint_keeper.ts";
import { type CheckpointPlace, checkpointPlace } from "../../../hub/checkpoint/checkpoint_place.ts";
import { restoreCheckpoint } from "../../../hub/checkpoint/restore_checkpoint.ts";
import { copyDatabase, isSoundDatabase } from "../../../hub/store/database/database_copy.ts";
import { Store } from "../../../hub/store/store.ts";
import type { Clock } from "../../../io/time/clock.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { SeededRandom } from "../../support/time/seeded_random.ts";
import { pass } from "../../support/time/pass.ts";
import { until } from "../../support/time/until.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const PROGRAM = new URL("../../support/store/checkpoint_program.ts", import.meta.url).pathname;

/** A clock that a test moves, and that wakes whoever waits. */
class MovedClock implements Clock {
  #nowMs = 0;
  readonly #waiting = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  nowMs = () => this.#nowMs;
  wallMs = (atMs: number) => atMs;

  callAt(atMs: number, callback: () => void): Disposable {
    const one = { atMs, callback };
    this.#waiting.add(one);
    return { [Symbol.dispose]: () => void this.#waiting.delete(one) };
  }

  move(ms: number): void {
    this.#nowMs += ms;
    for (const one of this.#waiting) {
      if (one.atMs <= this.#nowMs && this.#waiting.delete(one)) one.callback();
    }
  }
}

/** A state folder and the folder of its checkpoint. */
class Folders implements Disposable {
  readonly #folder = new TemporaryFolder();
  readonly state = this.#folder.file("state");
  readonly checkpoint = this.#folder.file("checkpoint");

  constructor() {
    for (const path of [this.state, this.checkpoint]) Deno.mkdirSync(path);
  }

  get config(): Config {
    return { hub: { stateDir: this.state, checkpointDir: this.checkpoint } } as Config;
  }

  get place(): CheckpointPlace {
    const place = checkpointPlace(this.config);
    assert.ok(place);
    return place;
  }

  get database(): string {
    return join(this.state, "hub.db");
  }

  /** What a boot does to a tmpfs. */
  forget(): void {
    Deno.removeSync(this.state, { recursive: true });
    Deno.mkdirSync(this.state);
  }

  /** The text of a file of the checkpoint; `undefined` when there is none. */
  saved(name: string): string | undefined {
    try {
      return Deno.readTextFileSync(join(this.checkpoint, name));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** All files and their texts, while nobody writes. */
  content(path: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...Deno.readDirSync(path)].map(({ name }) => name).toSorted()
        .map((name) => [name, Deno.readTextFileSync(join(path, name))]),
    );
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** A keeper that runs, and what it reports. */
class Keeping implements AsyncDisposable {
  readonly clock = new MovedClock();
  readonly faults: string[] = [];
  readonly keeper: CheckpointKeeper;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(place: CheckpointPlace) {
    this.keeper = new CheckpointKeeper({
      place,
      clock: this.clock,
      reportAfterMs: MINUTE_MS,
      onFault: ({ isWrong, cause }) => this.faults.push(isWrong ? String(cause) : "over"),
    });
    this.#running = this.keeper.run(this.#stop.signal);
  }

  /** Lets time pass until the condition holds. */
  async passUntil<T>(what: string, condition: () => T | undefined | false): Promise<T> {
    return await until(what, () => {
      const found = condition();
      if (found === undefined || found === false) this.clock.move(5000);
      return found;
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error("the hub ends"));
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Every row of every table, as text. */
function rowsIn(path: string): Readonly<Record<string, string>> {
  using database = new DatabaseSync(path);
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  return Object.fromEntries(names.map(({ name }) => {
    const rows = database.prepare(`SELECT * FROM "${name}"`).all().map((row) =>
      JSON.stringify(row, (_, value) => value instanceof Uint8Array ? [...value] : value)
    );
    return [String(name), rows.toSorted().join("\n")];
  }));
}

/** Writes something into many tables. */
function fill(store: Store, count: number, from = 0): void {
  store.transaction(() => {
    for (let index = from; index < from + count; index++) {
      const node = `pi-${index}`;
      store.transitions.add({ node, from: "alive", to: "dead", reason: "silence", atMs: index });
      store.vitals.add({
        node,
        atS: 1000,
        samples: [{ atS: 1000, readings: { temperature: index % 80 } }],
      });
      store.names.set(node, `Pi ${index}`);
      store.incidents.open({
        kind: "node",
        subject: `node ${node}`,
        node,
        name: node,
        cause: "silence",
        diedAtMs: index,
      });
      store.sessions.add(`digest ${index}`, { createdAtMs: index, address: "::1", agent: "" });
    }
    store.means.set({ table: "vitals_minutes", node: "pi-0", fromS: 0 }, { cpu: [1, null, 3] });
  });
}

Deno.test("a copy of a database in use is that of one instant, and complete", () => {
  using folder = new TemporaryFolder();
  const [path, copy] = [folder.file("hub.db"), folder.file("copy.db")];
  using store = new Store(path);
  fill(store, 500);
  store.sessions.remove(500);
  const before = rowsIn(path);
  Deno.writeFileSync(copy, new Uint8Array());
  const work = copyDatabase(path, copy);
  let steps = 0;
  for (work.next(); work.next().done !== true; steps++) fill(store, 1, 500 + steps);
  assert.ok(steps > 10, `${steps} steps`);
  assert.notDeepEqual(rowsIn(path), before);
  assert.deepEqual(rowsIn(copy), before);
  assert.match(before["sqlite_sequence"] ?? "", /"sessions","seq":500/);
  assert.ok(isSoundDatabase(copy));
});

Deno.test("a checkpoint is written once an hour and at the end, and secrets at once", async () => {
  using folders = new Folders();
  await using keeping = new Keeping(folders.place);
  const inCheckpoint = (name: string) => folders.saved(name);
  {
    using store = new Store(folders.database);
    fill(store, 100);
    Deno.writeTextFileSync(join(folders.state, "passwd"), "arya:hash\n");
    await keeping.passUntil("the credential", () => inCheckpoint("passwd") === "arya:hash\n");
    assert.equal(inCheckpoint("hub.db"), undefined);
    await keeping.passUntil("the first checkpoint", () => inCheckpoint("checkpoint") === "1\n");
    const firstMs = keeping.clock.nowMs();
    fill(store, 1, 100);
    keeping.clock.move(HOUR_MS - 10 * MINUTE_MS);
    Deno.writeTextFileSync(join(folders.state, "password"), "secret\n");
    await keeping.passUntil("the password", () => inCheckpoint("password") === "secret\n");
    assert.equal(inCheckpoint("checkpoint"), "1\n");
    await keeping.passUntil("the second checkpoint", () => inCheckpoint("checkpoint") === "2\n");
    assert.ok(keeping.clock.nowMs() - firstMs >= HOUR_MS - MINUTE_MS);
    fill(store, 1, 101);
  }
  await keeping.stop();
  await keeping.keeper.end();
  assert.deepEqual(Object.keys(folders.content(folders.checkpoint)), [
    "checkpoint",
    "hub.db",
    "passwd",
    "password",
  ]);
  for (const { name } of Deno.readDirSync(folders.checkpoint)) {
    const { mode } = Deno.statSync(join(folders.checkpoint, name));
    assert.equal((mode ?? 0) & 0o777, 0o600, name);
  }
  assert.deepEqual(rowsIn(join(folders.checkpoint, "hub.db")), rowsIn(folders.database));
  assert.equal(keeping.faults.at(-1), "over");
});

Deno.test("a state folder takes over a checkpoint that is newer, and no other", async () => {
  using folders = new Folders();
  const names = () => {
    using store = new Store(folders.database);
    return store.names.all().size;
  };
  const run = async (count: number) => {
    {
      using store = new Store(folders.database);
      fill(store, 1, count - 1);
    }
    await using keeping = new Keeping(folders.place);
    await keeping.stop();
    await keeping.keeper.end();
  };
  restoreCheckpoint(folders.config);
  await run(1);
  // As the overlay of a root begins with it after each boot.
  const old = folders.content(folders.state);
  const oldDatabase = Deno.readFileSync(folders.database);
  await run(2);
  restoreCheckpoint(folders.config);
  assert.equal(names(), 2);
  {
    using store = new Store(folders.database);
    fill(store, 1, 2);
  }
  restoreCheckpoint(folders.config);
  assert.equal(names(), 3, "what is newer than the checkpoint is lost");
  folders.forget();
  Deno.writeTextFileSync(join(folders.state, "checkpoint"), old["checkpoint"] ?? "");
  Deno.writeFileSync(folders.database, oldDatabase);
  restoreCheckpoint(folders.config);
  assert.equal(names(), 1, "where number and time contradict each other, nothing is replaced");
  Deno.utimeSync(folders.database, 1000, 1000);
  restoreCheckpoint(folders.config);
  assert.equal(names(), 2, "the state of the overlay stays");
  assert.ok(isSoundDatabase(`${folders.database}.older`));
  folders.forget();
  restoreCheckpoint(folders.config);
  assert.equal(names(), 2);
});

Deno.test({
  name: "files of a checkpoint that root writes belong to the owners of their folders",
  ignore: Deno.uid() !== 0,
  async fn() {
    using folders = new Folders();
    {
      using store = new Store(folders.database);
      fill(store, 1);
    }
    Deno.writeTextFileSync(join(folders.state, "passwd"), "arya:hash\n");
    Deno.chownSync(folders.checkpoint, 12_345, 12_345);
    Deno.chownSync(folders.state, 12_346, 12_346);
    await using keeping = new Keeping(folders.place);
    await keeping.stop();
    await keeping.keeper.end();
    const owners = (path: string, names: readonly string[]) =>
      names.map((name) => Deno.statSync(join(path, name)).uid);
    const names = ["hub.db", "passwd", "checkpoint"];
    assert.deepEqual(owners(folders.checkpoint, names), [12_345, 12_345, 12_345]);
    assert.deepEqual(owners(folders.state, ["checkpoint"]), [12_346]);
    for (const name of names.slice(0, 2)) Deno.removeSync(join(folders.state, name));
    restoreCheckpoint(folders.config);
    assert.deepEqual(owners(folders.state, names), [12_346, 12_346, 12_346]);
  },
});

Deno.test("a checkpoint that a hub did not begin with is not overwritten", async () => {
  using folders = new Folders();
  {
    using store = new Store(folders.database);
    fill(store, 1);
  }
  // Its disk was mounted after the start.
  Deno.writeTextFileSync(join(folders.checkpoint, "checkpoint"), "7\n");
  Deno.writeTextFileSync(join(folders.checkpoint, "passwd"), "bran:hash\n");
  Deno.writeTextFileSync(join(folders.state, "passwd"), "arya:hash\n");
  const before = folders.content(folders.checkpoint);
  await using keeping = new Keeping(folders.place);
  await keeping.passUntil("the fault", () => keeping.faults.includes("replaced"));
  assert.deepEqual(folders.content(folders.checkpoint), before);
});

Deno.test("what a power cut left half written is no checkpoint", async () => {
  using folders = new Folders();
  {
    using store = new Store(folders.database);
    fill(store, 1);
  }
  await using keeping = new Keeping(folders.place);
  await keeping.passUntil("the checkpoint", () => {
    return folders.saved("checkpoint") === "1\n";
  });
  for (const name of ["hub.db.part", "passwd.part", "checkpoint.part"]) {
    Deno.writeTextFileSync(join(folders.checkpoint, name), "half of i");
  }
  folders.forget();
  restoreCheckpoint(folders.config);
  using store = new Store(folders.database);
  assert.equal(store.names.all().size, 1);
  assert.equal(store.isWritten, true);
});

Deno.test("a program that is killed while it writes checkpoints leaves a whole one", async () => {
  using folders = new Folders();
  const random = new SeededRandom(7);
  let number = 0;
  for (let kill = 0; kill < 8; kill++) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", PROGRAM, folders.state, folders.checkpoint],
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    const present = () => Number(folders.saved("checkpoint") ?? 0);
    await until("a checkpoint", () => present() > number);
    await pass(random.between(0, 100));
    child.kill("SIGKILL");
    await child.status;
    number = present();
    assert.ok(isSoundDatabase(join(folders.checkpoint, "hub.db")), `kill ${kill}`);
    folders.forget();
    restoreCheckpoint(folders.config);
    using store = new Store(folders.database);
    // The fact is one of its checkpoint, or of the next one, whose number was not written yet.
    const written = Number(store.facts.get("checkpoint of the test"));
    assert.ok(written === number || written === number + 1, `${written} in checkpoint ${number}`);
  }
});
