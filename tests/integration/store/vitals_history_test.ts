/** Vitals in a real database: stored, downsampled and removed, while days pass quickly. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { VitalPoint, VitalsSpan } from "../../../core/history/history.ts";
import type { Vitals } from "../../../core/protocol/vitals.ts";
import { VitalsHistory } from "../../../hub/history/vitals_history.ts";
import { WallClock } from "../../../hub/host/wall_clock.ts";
import { Store } from "../../../hub/store/store.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { bootOf, HandClock } from "../../support/time/hand_clock.ts";

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
/** The interval of agents when nothing changes. */
const EVERY_S = 30;

/** A hub's vitals and nothing else of it. */
class Fixture implements Disposable {
  readonly clock = new HandClock();
  readonly store: Store;
  history: VitalsHistory;

  constructor(path = ":memory:") {
    this.store = new Store(path);
    this.history = new VitalsHistory(this.store, this.clock);
  }

  /** Since 1970. */
  get nowS(): number {
    return Math.floor(this.clock.wallMs(this.clock.nowMs()) / 1000);
  }

  /** Nodes publish vitals at their interval; everything is saved once a minute. */
  pass(seconds: number, nodes: readonly string[], vitalsAt = warmAt): void {
    for (let passed = 0; passed < seconds; passed += EVERY_S) {
      this.clock.moveTo(this.clock.nowMs() + EVERY_S * 1000);
      for (const node of nodes) this.history.take(node, vitalsAt(this.nowS));
      if (this.nowS % MINUTE_S === 0) this.keep();
    }
  }

  /** What the hub does once a minute. */
  keep(): void {
    for (const _ of this.history.keep());
  }

  /** What a hub does that ends in order. */
  save(): void {
    this.store.transaction(() => this.history.save());
  }

  /** A killed hub loses what was not saved. */
  restart(): void {
    this.history = new VitalsHistory(this.store, this.clock);
  }

  async points(
    node: string,
    span: VitalsSpan,
    kind = "temperature",
  ): Promise<readonly VitalPoint[]> {
    return (await this.history.of(node, span)).kinds[kind] ?? [];
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
  }
}

/** A slow wave over the day. */
function warmAt(atS: number): Vitals {
  const temperature = 40 + 20 * Math.sin(atS / DAY_S * 2 * Math.PI);
  return {
    temperature: { value: temperature, level: "ok" },
    cpu: { value: 7, level: "ok" },
    under_voltage: { value: false, level: "ok" },
    memory: { value: null, level: "not_supported" },
  };
}

/** Asserts that the points follow the wave, and checks their number and age. */
function assertWave(
  points: readonly VitalPoint[],
  { nowS, spanS, atLeast }: {
    readonly nowS: number;
    readonly spanS: number;
    readonly atLeast: number;
  },
): void {
  assert.ok(points.length >= atLeast && points.length <= 500, `${points.length} points`);
  for (const [atS, value] of points) {
    assert.ok(value !== null, `a hole at ${nowS - atS} s ago`);
    const expected = Number(warmAt(atS).temperature?.value);
    assert.ok(Math.abs(value - expected) < 0.5, `${value}, not ${expected}, ${nowS - atS} s ago`);
    assert.ok(atS >= nowS - spanS && atS <= nowS, `${nowS - atS} s ago`);
  }
}

Deno.test("vitals are there as soon as they are heard, and after a restart if they were saved", async () => {
  using fixture = new Fixture();
  fixture.history.take("arya", warmAt(0));
  assert.deepEqual((await fixture.history.of("arya", "1h")).kinds, {
    temperature: [[fixture.nowS, 40]],
    cpu: [[fixture.nowS, 7]],
    under_voltage: [[fixture.nowS, 0]],
  });
  assert.deepEqual((await fixture.history.of("bran", "1h")).kinds, {});
  fixture.save();
  fixture.restart();
  assert.deepEqual(await fixture.points("arya", "1h"), [[fixture.nowS, 40]]);
  for (const span of ["24h", "7d", "30d"] as const) {
    assert.deepEqual(await fixture.points("arya", span), [[fixture.nowS, 40]], span);
  }
});

Deno.test("vitals of ten days are drawn from what was heard, from minutes and from hours", async () => {
  using fixture = new Fixture();
  fixture.pass(10 * DAY_S, ["arya", "bran"]);
  const { nowS } = fixture;
  for (const restarts of [false, true]) {
    if (restarts) fixture.restart();
    const day = { nowS, spanS: DAY_S, atLeast: 470 };
    assertWave(await fixture.points("arya", "1h"), { nowS, spanS: HOUR_S, atLeast: 110 });
    assertWave(await fixture.points("arya", "24h"), day);
    assertWave(await fixture.points("bran", "24h"), day);
    const week = await fixture.points("arya", "7d");
    assertWave(week, { nowS, spanS: 7 * DAY_S, atLeast: 470 });
    assert.ok((week[0]?.[0] ?? 0) < nowS - 6.9 * DAY_S);
    const month = await fixture.points("arya", "30d");
    assert.ok(month.length >= 115 && month.length <= 125, `${month.length}`);
    assert.ok((month[0]?.[0] ?? 0) < nowS - 9.9 * DAY_S);
    assert.ok(month.every(([, value]) => value !== null));
  }
});

Deno.test("vitals grow no database: heard for a day, minutes for a week, hours for a year", () => {
  using fixture = new Fixture();
  const { vitals, means } = fixture.store;
  fixture.pass(9 * DAY_S, ["arya", "gone"]);
  fixture.pass(9 * DAY_S, ["arya"]);
  const { nowS } = fixture;
  const oldestS = vitals.next(0) ?? 0;
  assert.ok(oldestS <= nowS - DAY_S && oldestS > nowS - DAY_S - HOUR_S, `${nowS - oldestS} s`);
  const minutes = (node: string) =>
    means.between({ table: "vitals_minutes", node, fromS: 0 }, nowS).map(({ fromS }) => fromS);
  const hours = means.between({ table: "vitals_hours", node: "arya", fromS: 0 }, nowS);
  assert.ok(minutes("arya").length >= 7 * 24 && minutes("arya").length <= 7 * 24 + 2);
  assert.deepEqual(minutes("gone"), []);
  assert.equal(hours.length, 19);
  // A year without a word: only removal goes on.
  fixture.clock.moveTo(fixture.clock.nowMs() + 370 * DAY_S * 1000);
  fixture.keep();
  assert.equal(vitals.next(0), undefined);
  for (const table of ["vitals_minutes", "vitals_hours"] as const) {
    assert.deepEqual(means.between({ table, node: "arya", fromS: 0 }, fixture.nowS), []);
  }
});

Deno.test("vitals have a hole where a node, or the hub, was away", async () => {
  using fixture = new Fixture();
  fixture.pass(2 * HOUR_S, ["arya"]);
  fixture.restart();
  fixture.clock.moveTo(fixture.clock.nowMs() + 5 * HOUR_S * 1000);
  fixture.pass(HOUR_S, ["arya"]);
  const points = await fixture.points("arya", "24h");
  const holes = points.filter(([, value]) => value === null);
  assert.equal(holes.length, 1);
  const [[holeS = 0] = []] = holes;
  assert.ok(
    Math.abs(fixture.nowS - holeS - 3.5 * HOUR_S) < MINUTE_S,
    `${fixture.nowS - holeS} s ago`,
  );
});

Deno.test("vitals are as if nothing had been, though the hub is killed each quarter of an hour", async () => {
  using killed = new Fixture();
  using spared = new Fixture();
  for (let quarter = 0; quarter < 4 * 30; quarter++) {
    for (const fixture of [killed, spared]) fixture.pass(15 * MINUTE_S, ["arya"]);
    killed.save();
    killed.restart();
  }
  for (const span of ["1h", "24h", "7d", "30d"] as const) {
    assert.deepEqual(
      await killed.history.of("arya", span),
      await spared.history.of("arya", span),
      span,
    );
  }
});

Deno.test("vitals that come more often than agents read are left out", () => {
  using fixture = new Fixture();
  for (let count = 0; count < 100; count++) {
    fixture.clock.moveTo(fixture.clock.nowMs() + 100);
    fixture.history.take("arya", warmAt(0));
  }
  fixture.save();
  const samples = fixture.store.vitals.of("arya", fixture.nowS - HOUR_S, fixture.nowS + 1);
  assert.ok(samples.length >= 3 && samples.length <= 5, `${samples.length}`);
});

Deno.test("vitals that a wrong calendar dated hinder nothing once it is right", async () => {
  using fixture = new Fixture();
  fixture.pass(3 * HOUR_S, ["arya"]);
  fixture.clock.leap(-400 * DAY_S * 1000);
  fixture.restart();
  fixture.pass(MINUTE_S, ["arya"]);
  fixture.clock.leap(400 * DAY_S * 1000);
  fixture.pass(3 * HOUR_S, ["arya"]);
  assertWave(await fixture.points("arya", "24h"), {
    nowS: fixture.nowS,
    spanS: DAY_S,
    atLeast: 115,
  });
  assertWave(await fixture.points("arya", "7d"), {
    nowS: fixture.nowS,
    spanS: 7 * DAY_S,
    atLeast: 15,
  });
  assert.equal(
    fixture.store.means.between({
      table: "vitals_minutes",
      node: "arya",
      fromS: fixture.nowS - DAY_S,
    }, fixture.nowS).length,
    6,
  );
});

for (const [what, stepS] of [["back", -HOUR_S], ["forth", 400 * DAY_S]] as const) {
  Deno.test(`a calendar that is set ${what} takes this boot's vitals along, and what follows is drawn`, async () => {
    using fixture = new Fixture();
    using calendar = new WallClock({
      clock: fixture.clock,
      boot: bootOf(fixture.clock),
      store: fixture.store,
    });
    fixture.history = new VitalsHistory(fixture.store, calendar);
    calendar.onStep((stepMs) => fixture.history.redate(stepMs));
    const steady = () => ({ temperature: { value: 50, level: "ok" } }) as const;
    fixture.pass(3 * HOUR_S, ["arya"], steady);
    fixture.clock.leap(stepS * 1000);
    calendar.look();
    fixture.pass(30 * MINUTE_S, ["arya"], steady);
    const { kinds, to } = await fixture.history.of("arya", "24h");
    const nowS = Date.parse(to) / 1000;
    const agesS = (kinds["temperature"] ?? []).flatMap(([atS, value]) =>
      value === null ? [] : [nowS - atS]
    );
    // One point per 3 minutes for three and a half hours, without a gap.
    assert.ok(agesS.length >= 68 && agesS.length <= 72, `${agesS.length} points`);
    assert.ok(Math.min(...agesS) >= -3 * MINUTE_S && Math.min(...agesS) <= 6 * MINUTE_S);
    assert.ok(Math.max(...agesS) <= 3.6 * HOUR_S, `${Math.max(...agesS)} s ago`);
  });
}

Deno.test("a hub with a slow wall clock forgets nothing", async () => {
  using fixture = new Fixture();
  fixture.pass(9 * DAY_S, ["arya"]);
  fixture.save();
  fixture.clock.leap(-400 * DAY_S * 1000);
  fixture.restart();
  for (let minute = 0; minute < 100; minute++) fixture.keep();
  fixture.clock.leap(400 * DAY_S * 1000);
  fixture.keep();
  const { nowS } = fixture;
  assertWave(await fixture.points("arya", "24h"), { nowS, spanS: DAY_S, atLeast: 470 });
  assertWave(await fixture.points("arya", "7d"), { nowS, spanS: 7 * DAY_S, atLeast: 470 });
});

Deno.test("vitals of many nodes are written, made fewer and removed a little at a time", () => {
  using folder = new TemporaryFolder();
  using fixture = new Fixture(folder.file("hub.db"));
  const nodes = Array.from({ length: 300 }, (_, index) => `pi-${index}`);
  fixture.pass(HOUR_S - MINUTE_S, nodes);
  fixture.clock.moveTo(fixture.clock.nowMs() + MINUTE_S * 1000);
  // Each look at this clock takes a millisecond, so a step of 10 ms has 10 nodes at most.
  const clock = {
    nowMs() {
      fixture.clock.moveTo(fixture.clock.nowMs() + 1);
      return fixture.clock.nowMs();
    },
    wallMs: fixture.clock.wallMs,
    callAt: fixture.clock.callAt,
  };
  fixture.save();
  fixture.history = new VitalsHistory(fixture.store, clock);
  const steps = Array.from(fixture.history.keep()).length;
  assert.ok(steps >= nodes.length / 50, `${steps} steps`);
  const hourS = fixture.nowS - fixture.nowS % HOUR_S - HOUR_S;
  const key = { table: "vitals_minutes", fromS: hourS } as const;
  const made = nodes.filter((node) => fixture.store.means.get({ ...key, node }) !== undefined);
  assert.equal(made.length, nodes.length);
  fixture.clock.moveTo(fixture.clock.nowMs() + 2 * DAY_S * 1000);
  Array.from(fixture.history.keep());
  assert.equal(fixture.store.vitals.next(0), undefined);
});

Deno.test("vitals of an earlier version are drawn as before, and taken over a little at a time", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  using fixture = new Fixture(path);
  fixture.pass(9 * DAY_S, ["arya", "bran"]);
  const drawn = () =>
    Promise.all((["1h", "24h", "7d", "30d"] as const).map((span) => fixture.points("arya", span)));
  const before = await drawn();
  fixture.save();
  writeAsBefore(path);
  fixture.restart();
  assert.deepEqual(await drawn(), before);
  using file = new DatabaseSync(path);
  const older = () => Number(file.prepare("SELECT count(*) AS rows FROM vitals_means").get()?.rows);
  assert.ok(older() > 300, `${older()} rows`);
  fixture.keep();
  assert.equal(older(), 0);
  assert.deepEqual(await drawn(), before);
});

/** Turns all vitals into the rows that version 0.1.0 wrote. */
function writeAsBefore(path: string): void {
  using store = new Store(path);
  using file = new DatabaseSync(path);
  const heard = file.prepare("INSERT INTO vitals_heard (at_s, node, readings) VALUES (?, ?, ?)");
  const mean = file.prepare("INSERT INTO vitals_means VALUES (?, ?, ?, ?)");
  const all = ["arya", "bran"].map((node) => ({
    node,
    samples: store.vitals.of(node, 0, 1e10),
    minutes: store.means.between({ table: "vitals_minutes", node, fromS: 0 }, 1e10),
    hours: store.means.between({ table: "vitals_hours", node, fromS: 0 }, 1e10),
  }));
  file.exec(
    "BEGIN; DELETE FROM vitals_heard; DELETE FROM vitals_minutes; DELETE FROM vitals_hours",
  );
  for (const { node, samples, minutes, hours } of all) {
    for (const { atS, readings } of samples) heard.run(atS, node, JSON.stringify(readings));
    for (const { fromS, means } of minutes) mean.run(60, node, fromS, JSON.stringify(means));
    for (const { fromS, means } of hours) mean.run(3600, node, fromS, JSON.stringify(means));
  }
  file.exec("COMMIT");
}
