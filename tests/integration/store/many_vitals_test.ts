/** Vitals of a large cluster: means are never behind, and no step is long. */

import assert from "node:assert/strict";
import { removeSomeVitals } from "../../../hub/history/vitals_retention.ts";
import { VitalsHistory } from "../../../hub/history/vitals_history.ts";
import { Store } from "../../../hub/store/store.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { HandClock } from "../../support/time/hand_clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NODES = 1000;
/** Means of so many nodes, or so many removals, are one transaction. */
const OF_A_STEP = 50;
/** A removal takes at most so many rows. */
const REMOVED_AT_ONCE = 500;

class Cluster implements Disposable {
  readonly clock = new HandClock();
  readonly store: Store;
  readonly vitals: VitalsHistory;
  readonly nodes = Array.from({ length: NODES }, (_, index) => `pi-${index}`);

  constructor(path: string) {
    this.store = new Store(path);
    this.vitals = new VitalsHistory(this.store, this.clock);
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
  }

  /** One minute, in which each node reports once. Returns the number of transactions. */
  pass(): number {
    this.clock.moveTo(this.clock.nowMs() + MINUTE_MS);
    for (const [index, node] of this.nodes.entries()) {
      const value = 40 + (index + this.clock.nowMs() / MINUTE_MS) % 20;
      this.vitals.take(node, { temperature: { value, level: "ok" } });
    }
    let steps = 0;
    for (const _ of this.vitals.keep()) steps++;
    return steps;
  }

  /** Until when means are made, in ms since 1970. */
  get madeMs(): number {
    return 1000 * Number(this.store.facts.get("vitals_until"));
  }

  get wallMs(): number {
    return this.clock.wallMs(this.clock.nowMs());
  }
}

Deno.test("means of many nodes are made as soon as an hour is over, in few transactions", () => {
  using folder = new TemporaryFolder();
  using cluster = new Cluster(folder.file("hub.db"));
  let most = 0;
  for (let minute = 0; minute < 3 * 60; minute++) {
    most = Math.max(most, cluster.pass());
    assert.ok(cluster.wallMs - cluster.madeMs < HOUR_MS || minute === 0, "means are behind");
  }
  const key = { table: "vitals_minutes", fromS: cluster.madeMs / 1000 - 3600 } as const;
  for (const node of cluster.nodes) {
    const [found] = cluster.store.means.between({ ...key, node }, key.fromS + 1);
    assert.equal(found?.means["temperature"]?.filter((mean) => mean !== null).length, 60);
  }
  assert.ok(most <= 3 * NODES / OF_A_STEP, `${most} transactions`);
});

Deno.test("vitals that are too old are removed a few at a time", () => {
  using folder = new TemporaryFolder();
  using cluster = new Cluster(folder.file("hub.db"));
  for (let minute = 0; minute < 65; minute++) cluster.pass();
  cluster.clock.moveTo(cluster.clock.nowMs() + 8 * 24 * HOUR_MS);
  const { store, wallMs } = cluster;
  const rows = () => {
    const counts = store.writeThrough?.file?.get(
      "SELECT (SELECT count(*) FROM vitals_heard) + (SELECT count(*) FROM vitals_minutes) AS n",
      {},
    );
    return Number(counts?.n);
  };
  const nowS = Math.floor(wallMs / 1000);
  let left = rows();
  assert.ok(left > 2 * NODES, `${left} rows`);
  while (removeSomeVitals(store, nowS, nowS)) {
    assert.ok(left - rows() <= REMOVED_AT_ONCE, `${left - rows()} rows at once`);
    left = rows();
  }
  assert.equal(rows(), 0);
});
