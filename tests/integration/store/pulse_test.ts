/** What changes while nothing happens is written once a minute, in one page, and survives a power cut. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { newCluster } from "../../../core/detection/cluster_state.ts";
import { newNode, type NodeState } from "../../../core/detection/node_state.ts";
import { recipientsOf } from "../../../hub/delivery/recipients.ts";
import { Recorder } from "../../../hub/history/recorder.ts";
import { WallClock } from "../../../hub/host/wall_clock.ts";
import { PAGE_BYTES } from "../../../hub/store/database/connection.ts";
import { Store } from "../../../hub/store/store.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { bootOf, HandClock } from "../../support/time/hand_clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const EARLIER = join(import.meta.dirname ?? ".", "..", "..", "fixtures", "hub-0.1.0", "hub.db");

/** A hub's store that is killed and started again; a power cut begins another boot. */
class Fixture implements Disposable {
  readonly clock = new HandClock();
  readonly #folder = new TemporaryFolder();
  readonly path = this.#folder.file("hub.db");
  #boots = 0;
  store = new Store(this.path);
  wallClock = this.#wallClock();
  recorder = this.#recorder();

  powerCut(): void {
    this.store[Symbol.dispose]();
    this.clock.boot();
    this.#boots++;
    this.store = new Store(this.path);
    this.wallClock = this.#wallClock();
    this.recorder = this.#recorder();
  }

  pass(ms: number): void {
    this.clock.moveTo(this.clock.nowMs() + ms);
  }

  /** The nodes are heard, and a minute is over. */
  hear(...nodes: readonly NodeState[]): void {
    this.pass(MINUTE_MS);
    for (const node of nodes) node.lastHeardMs = this.clock.nowMs();
    this.save(nodes);
  }

  save(nodes: readonly NodeState[]): void {
    this.store.transaction(() => {
      this.recorder.saveNodes(nodes);
      this.wallClock.stamp();
    });
  }

  get wallMs(): number {
    return this.wallClock.wallMs(this.clock.nowMs());
  }

  heardMs(id: string): number | undefined {
    return this.store.nodes.all().find((node) => node.id === id)?.lastHeardMs;
  }

  sightEndsMs(): readonly number[] {
    return this.store.visibility.since(0, 0).map(({ toMs }) => toMs);
  }

  #wallClock(): WallClock {
    const { clock, store } = this;
    return new WallClock({ clock, boot: bootOf(clock, `boot ${this.#boots}`), store });
  }

  #recorder(): Recorder {
    return new Recorder(this.store, recipientsOf([]), this.wallClock);
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }
}

function pi(id: string): NodeState {
  const node = newNode(id, 0, true);
  node.facts = { model: "Raspberry Pi 4 Model B Rev 1.5", hostname: id };
  return node;
}

Deno.test("last signs of life survive power cuts, also those of nodes that the next run never hears", () => {
  using fixture = new Fixture();
  const [arya, bran] = [pi("arya"), pi("bran")];
  fixture.store.visibility.begin(fixture.wallMs, fixture.wallMs);
  for (let minute = 0; minute < 10; minute++) fixture.hear(arya, bran);
  const heardMs = fixture.wallMs;
  // This minute is lost, and no more.
  fixture.pass(MINUTE_MS - 1);
  arya.lastHeardMs = fixture.clock.nowMs();
  fixture.powerCut();
  assert.deepEqual([fixture.heardMs("arya"), fixture.heardMs("bran")], [heardMs, heardMs]);
  assert.deepEqual(fixture.sightEndsMs(), [heardMs]);
  const again = pi("arya");
  for (let minute = 0; minute < 3; minute++) fixture.hear(again);
  const laterMs = fixture.wallMs;
  for (let cut = 0; cut < 2; cut++) {
    fixture.powerCut();
    assert.deepEqual([fixture.heardMs("arya"), fixture.heardMs("bran")], [laterMs, heardMs]);
  }
});

Deno.test("a node that was heard after the last minute keeps what its change wrote", () => {
  using fixture = new Fixture();
  const arya = pi("arya");
  fixture.hear(arya);
  fixture.pass(MINUTE_MS / 2);
  arya.lastHeardMs = fixture.clock.nowMs();
  const heardMs = fixture.wallMs;
  const change = { from: "alive", to: "suspect", reason: "silence", lastHeardMs: 0 } as const;
  const outputs = [{
    kind: "transition",
    node: "arya",
    atMs: fixture.clock.nowMs(),
    ...change,
  }] as const;
  fixture.recorder.record([{ outputs }], newCluster([arya]));
  fixture.powerCut();
  assert.equal(fixture.heardMs("arya"), heardMs);
});

Deno.test("last signs of life of this boot follow its wall clock, and those of an earlier boot do not", () => {
  using fixture = new Fixture();
  fixture.hear(pi("earlier"));
  const earlierMs = fixture.wallMs;
  fixture.powerCut();
  fixture.hear(pi("arya"));
  const heardMs = fixture.wallMs;
  fixture.clock.leap(HOUR_MS);
  fixture.wallClock.look();
  fixture.powerCut();
  assert.deepEqual(
    [fixture.heardMs("earlier"), fixture.heardMs("arya")],
    [earlierMs, heardMs + HOUR_MS],
  );
});

Deno.test("a minute in which nothing happens writes one page, though 20 nodes are heard", () => {
  using fixture = new Fixture();
  const nodes = Array.from({ length: 20 }, (_, index) => pi(`raspberry-pi-${index}`));
  fixture.store.visibility.begin(fixture.wallMs, fixture.wallMs);
  fixture.hear(...nodes);
  const journalBytes = () => Deno.statSync(`${fixture.path}-wal`).size;
  const before = journalBytes();
  const minutes = 30;
  for (let minute = 0; minute < minutes; minute++) fixture.hear(...nodes);
  const pages = (journalBytes() - before) / (PAGE_BYTES + 24);
  assert.ok(pages <= minutes, `${pages} pages in ${minutes} minutes`);
});

Deno.test("what changed without a transition is written within the minute", () => {
  using fixture = new Fixture();
  const arya = pi("arya");
  fixture.hear(arya);
  arya.facts = { ...arya.facts, kernel: "6.12" };
  arya.session = "s-2";
  fixture.hear(arya);
  fixture.powerCut();
  const [stored] = fixture.store.nodes.all();
  assert.deepEqual([stored?.facts["kernel"], stored?.session], ["6.12", "s-2"]);
});

Deno.test("a damaged row of last signs of life costs those of the last run, and nothing else", () => {
  using fixture = new Fixture();
  fixture.hear(pi("arya"));
  using file = new DatabaseSync(fixture.path);
  for (const heard of ["x'0105ffff'", "randomblob(300)"]) {
    file.exec(`UPDATE pulse SET heard = ${heard}`);
    fixture.powerCut();
    assert.deepEqual(fixture.store.nodes.all().map(({ id }) => id), ["arya"]);
  }
});

Deno.test("the file of an earlier version gets small pages once no other program uses it", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  Deno.copyFileSync(EARLIER, path);
  const incidents = () => {
    using store = new Store(path);
    assert.deepEqual(store.writeThrough?.replacements, []);
    return store.incidents.newest(1000);
  };
  const found = [];
  {
    using other = new DatabaseSync(path);
    // The hub can upgrade nothing, then it can, and then it can write pages of another size.
    for (const end of ["ROLLBACK; PRAGMA journal_mode = WAL; BEGIN", "ROLLBACK"]) {
      other.exec(found.length === 0 ? "BEGIN" : "");
      other.prepare("SELECT count(*) FROM nodes").get();
      found.push(incidents());
      assert.equal(other.prepare("PRAGMA page_size").get()?.page_size, 4096);
      other.exec(end);
    }
  }
  found.push(incidents());
  using file = new DatabaseSync(path);
  assert.equal(file.prepare("PRAGMA page_size").get()?.page_size, PAGE_BYTES);
  assert.deepEqual(found.map(({ length }) => length), [14, 14, 14]);
});
