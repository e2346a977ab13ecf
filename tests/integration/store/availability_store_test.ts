/**
 * Availability of nodes from a real database, across steps of the wall clock and for many nodes.
 */

import assert from "node:assert/strict";
import type { MonitorOutput } from "../../../core/alerting/policy/monitor.ts";
import { newCluster } from "../../../core/detection/cluster_state.ts";
import type { Liveness } from "../../../core/detection/liveness.ts";
import { newNode } from "../../../core/detection/node_state.ts";
import { recipientsOf } from "../../../hub/delivery/recipients.ts";
import { Availability } from "../../../hub/history/availability.ts";
import { Recorder } from "../../../hub/history/recorder.ts";
import { Upkeep } from "../../../hub/history/upkeep.ts";
import { VitalsHistory } from "../../../hub/history/vitals_history.ts";
import { WallClock } from "../../../hub/host/wall_clock.ts";
import { Projection } from "../../../hub/live/projection.ts";
import { TRANSITIONS_SINCE } from "../../../hub/store/history_tasks.ts";
import { Store } from "../../../hub/store/store.ts";
import type {
  RemovalProgress,
  StoredTransition,
} from "../../../hub/store/history/transition_rows.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { bootOf, HandClock } from "../../support/time/hand_clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A hub that records what it is told to have seen. */
class Fixture implements Disposable {
  readonly clock = new HandClock();
  readonly #path: string;
  store: Store;
  #calendar: WallClock;
  #recorder: Recorder;
  #boots = 0;

  constructor(path = ":memory:") {
    this.#path = path;
    this.store = new Store(path);
    this.#calendar = this.#boot();
    this.#recorder = new Recorder(this.store, recipientsOf([]), this.#calendar);
  }

  /** Switches it off and on again, with the same file. */
  restart(): void {
    this.store[Symbol.dispose]();
    this.store = new Store(this.#path);
    this.#calendar = this.#boot();
    this.#recorder = new Recorder(this.store, recipientsOf([]), this.#calendar);
  }

  #boot(): WallClock {
    const { clock, store } = this;
    return new WallClock({ clock, boot: bootOf(clock, `${this.#boots++}`), store });
  }

  record(...outputs: readonly MonitorOutput[]): void {
    this.#recorder.record([{ outputs }], newCluster([]));
  }

  look(blind: boolean): void {
    const atMs = this.clock.nowMs();
    this.record({ kind: "visibility", blind, reason: blind ? "no_echo" : "visible", atMs });
  }

  change(from: Liveness, to: Liveness, node = "arya"): void {
    const atMs = this.clock.nowMs();
    this.record({
      kind: "transition",
      node,
      from,
      to,
      reason: "heartbeat",
      atMs,
      lastHeardMs: atMs,
    });
  }

  /** Saves as the hub does once a minute. */
  save(): void {
    this.store.transaction(() => this.#recorder.saveNodes([]));
  }

  pass(ms: number): void {
    this.clock.moveTo(this.clock.nowMs() + ms);
  }

  leap(ms: number): void {
    this.clock.leap(ms);
    this.#calendar.look();
  }

  /** Returns the last day in minutes: `unknown 1430, up 10`. */
  async day(node = "arya"): Promise<string> {
    const availability = new Availability(this.store, new Projection(this.clock), this.clock);
    const { segments = [] } = (await availability.ofNode(node, "24h")).nodes[node] ?? {};
    return segments.map(({ from, to, state }) => {
      return `${state} ${Math.round((Date.parse(to) - Date.parse(from)) / MINUTE_MS)}`;
    }).join(", ");
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
  }
}

Deno.test("availability counts until now while the hub sees, and until its last word if it was killed", async () => {
  using folder = new TemporaryFolder();
  using fixture = new Fixture(folder.file("hub.db"));
  fixture.look(false);
  fixture.change("unknown", "alive");
  fixture.pass(30 * MINUTE_MS);
  fixture.save();
  fixture.pass(10 * MINUTE_MS);
  assert.equal(await fixture.day(), "unknown 1400, up 40");
  fixture.restart();
  fixture.pass(20 * MINUTE_MS);
  assert.equal(await fixture.day(), "unknown 1380, up 30, unknown 30");
  fixture.look(false);
  fixture.change("unknown", "alive");
  fixture.pass(5 * MINUTE_MS);
  assert.equal(await fixture.day(), "unknown 1375, up 30, unknown 30, up 5");
});

Deno.test("availability believes a hub that is killed right after a change until that change", async () => {
  using folder = new TemporaryFolder();
  using fixture = new Fixture(folder.file("hub.db"));
  fixture.look(false);
  fixture.change("unknown", "alive");
  fixture.pass(30 * MINUTE_MS);
  fixture.change("alive", "dead");
  fixture.pass(5 * MINUTE_MS);
  fixture.change("dead", "alive");
  fixture.restart();
  fixture.pass(5 * MINUTE_MS);
  assert.equal(await fixture.day(), "unknown 1400, up 30, down 5, unknown 5");
});

Deno.test("availability of a hub that booted with a slow wall clock moves when that is corrected", async () => {
  using folder = new TemporaryFolder();
  using fixture = new Fixture(folder.file("hub.db"));
  fixture.look(false);
  fixture.change("unknown", "alive");
  fixture.pass(HOUR_MS);
  fixture.save();
  fixture.clock.leap(-10 * HOUR_MS);
  fixture.restart();
  fixture.look(false);
  fixture.change("unknown", "alive");
  fixture.pass(10 * MINUTE_MS);
  fixture.save();
  fixture.leap(10 * HOUR_MS + 5 * MINUTE_MS);
  fixture.pass(20 * MINUTE_MS);
  assert.equal(await fixture.day(), "unknown 1345, up 60, unknown 5, up 30");
});

Deno.test("availability does not count what came to be while blind, nor blindness that began before it showed", async () => {
  using fixture = new Fixture();
  fixture.look(false);
  fixture.change("unknown", "alive");
  fixture.pass(20 * MINUTE_MS);
  fixture.save();
  const atMs = fixture.clock.nowMs() - 5 * MINUTE_MS;
  fixture.record({ kind: "visibility", blind: true, reason: "stalled", atMs });
  // The same blindness with its graver reason.
  fixture.record({ kind: "visibility", blind: true, reason: "no_echo", atMs });
  fixture.save();
  fixture.pass(10 * MINUTE_MS);
  fixture.look(false);
  fixture.pass(10 * MINUTE_MS);
  assert.equal(await fixture.day(), "unknown 1400, up 15, unknown 15, up 10");
});

function transition(node: string, atMs: number, to: Liveness): StoredTransition {
  return { node, from: "unknown", to, reason: "heartbeat", atMs };
}

Deno.test("transitions are kept for a year, and the last one of a node for ever", () => {
  using store = new Store(":memory:");
  const { transitions } = store;
  const nowMs = 2_000_000_000_000;
  store.transaction(() => {
    transitions.add(transition("quiet", nowMs - 500 * DAY_MS, "alive"));
    for (let count = 0; count < 1500; count++) {
      transitions.add(transition("arya", nowMs - 400 * DAY_MS + count, "alive"));
    }
    for (let count = 0; count < 1500; count++) {
      transitions.add(transition("arya", nowMs + count, "alive"));
    }
  });
  let steps = 0;
  let progress: RemovalProgress | undefined = { afterId: 0, young: 0 };
  for (let left = 3000; progress !== undefined; steps++) {
    progress = transitions.removeSomeOld(progress, nowMs);
    const is = transitions.newest("arya", 10_000).length;
    assert.ok(left - is <= 500, `${left - is} rows at once`);
    left = is;
  }
  assert.ok(steps >= 6, `${steps} steps`);
  assert.equal(transitions.newest("arya", 10_000).length, 1500);
  assert.deepEqual(transitions.since("quiet", nowMs).map(({ to }) => to), ["alive"]);
});

Deno.test("old transitions are removed once an hour, in short steps, however often nodes change", () => {
  using folder = new TemporaryFolder();
  using store = new Store(folder.file("hub.db"));
  const clock = new HandClock();
  const upkeep = new Upkeep(store, new VitalsHistory(store, clock), clock);
  const nowMs = clock.wallMs(clock.nowMs());
  const nodes = Array.from({ length: 1000 }, (_, index) => `pi-${index}`);
  store.transaction(() => {
    for (let week = 0; week < 8; week++) {
      for (const node of nodes) {
        store.transitions.add(transition(node, nowMs - (400 - 7 * week) * DAY_MS, "alive"));
      }
    }
  });
  const kept = () =>
    nodes.reduce((sum, node) => sum + store.transitions.newest(node, 99).length, 0);
  const during = Array.from(upkeep.run()).length;
  assert.equal(kept(), 8000);
  clock.moveTo(clock.nowMs() + HOUR_MS);
  const steps = Array.from(upkeep.run()).length - during;
  assert.ok(steps >= 16, `${steps} steps`);
  // Six weeks of them are older than a year.
  assert.equal(kept(), 2000);
  assert.equal(Array.from(upkeep.run()).length, during);
});

Deno.test("transitions of a node that flaps are limited, and cost no other node its past", () => {
  using store = new Store(":memory:");
  const { transitions } = store;
  store.transaction(() => {
    transitions.add(transition("quiet", 1000, "alive"));
    for (let count = 0; count < 45_000; count++) {
      transitions.add(transition("arya", 2000 + count, count % 2 === 0 ? "dead" : "alive"));
    }
  });
  const kept = transitions.newest("arya", 100_000);
  assert.ok(kept.length >= 20_000 && kept.length < 21_000, `${kept.length}`);
  assert.equal(transitions.newest("quiet", 10).length, 1);
  // The state before the transitions that were read is unknown.
  assert.equal(transitions.since("arya", 0)[0]?.atMs, 47_000 - 20_000);
});

Deno.test("availability of a thousand nodes is computed once for all requests, in small steps", async () => {
  using folder = new TemporaryFolder();
  using store = new Store(folder.file("hub.db"));
  const clock = new HandClock();
  const projection = new Projection(clock);
  const nowMs = clock.wallMs(clock.nowMs());
  const nodes = Array.from({ length: 1000 }, (_, index) => `pi-${index}`);
  store.transaction(() => {
    store.visibility.begin(nowMs - 100 * DAY_MS, nowMs - 100 * DAY_MS);
    for (const id of nodes) {
      projection.update(newNode(id, 0, true));
      for (let hour = 0; hour < 30 * 24; hour += 7) {
        const atMs = nowMs - 30 * DAY_MS + hour * HOUR_MS;
        store.transitions.add(transition(id, atMs, hour % 2 === 0 ? "alive" : "dead"));
      }
    }
  });
  const availability = new Availability(store, projection, clock);
  let turns = 0;
  let isAnswered = false;
  const others = (async () => {
    for (; !isAnswered; turns++) await new Promise((resolve) => setTimeout(resolve, 0));
  })();
  const [one, other] = await Promise.all([availability.ofAll("30d"), availability.ofAll("30d")]);
  isAnswered = true;
  await others;
  assert.equal(one, other);
  assert.deepEqual(Object.keys(one.nodes), nodes);
  for (const { segments, percent } of Object.values(one.nodes)) {
    assert.ok(segments.length > 20 && segments.length <= 24, `${segments.length}`);
    assert.ok(percent !== null && percent > 40 && percent < 60);
  }
  // The answer about a single node has more detail.
  const ofOne = await availability.ofNode("pi-7", "30d");
  const alone = ofOne.nodes["pi-7"]?.segments ?? [];
  assert.ok(alone.length > 100 && alone.length <= 120, `${alone.length}`);
  // 104 rows for each of 1,000 nodes, read about 2,000 at a time.
  assert.ok(turns >= 40, `${turns} turns of others`);
  assert.equal(await availability.ofAll("30d"), one);
  clock.moveTo(clock.nowMs() + HOUR_MS);
  assert.notEqual(await availability.ofAll("30d"), one);
});

Deno.test("availability of nodes that changed often is computed for few of them at once", async () => {
  using store = new Store(":memory:");
  const nodes = ["arya", "bran", "sansa"];
  store.transaction(() => {
    for (const node of nodes) {
      for (let count = 0; count < 60; count++) {
        store.transitions.add(transition(node, 1000 + count, count % 2 === 0 ? "dead" : "alive"));
      }
    }
  });
  const some = await store.ask(TRANSITIONS_SINCE, { nodes, fromMs: 0, rowsMax: 100 });
  assert.deepEqual(some?.map(({ length }) => length), [60, 60]);
  const one = await store.ask(TRANSITIONS_SINCE, { nodes, fromMs: 0, rowsMax: 10 });
  assert.deepEqual(one?.map(({ length }) => length), [60]);
});

Deno.test("availability of many thousands of nodes stays a short answer", async () => {
  using store = new Store(":memory:");
  const clock = new HandClock();
  const projection = new Projection(clock);
  const nowMs = clock.wallMs(clock.nowMs());
  const nodes = Array.from({ length: 10_000 }, (_, index) => `pi-${index}`);
  store.transaction(() => {
    store.visibility.begin(nowMs - 100 * DAY_MS, nowMs - 100 * DAY_MS);
    for (const id of nodes) {
      projection.update(newNode(id, 0, true));
      for (let day = 1; day < 30; day += 2) {
        store.transitions.add(transition(id, nowMs - day * DAY_MS, day % 4 < 2 ? "alive" : "dead"));
      }
    }
  });
  const all = await new Availability(store, projection, clock).ofAll("30d");
  assert.deepEqual(Object.keys(all.nodes), nodes);
  const segments = Object.values(all.nodes).reduce((sum, node) => sum + node.segments.length, 0);
  assert.ok(segments > 50_000 && segments <= 120_000, `${segments} segments`);
});
