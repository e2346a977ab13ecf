/** The rule for instants on disk: those of this boot move with its wall clock, and no others. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { RestoredState } from "../../../hub/history/restore.ts";
import { WallClock } from "../../../hub/host/wall_clock.ts";
import { INSTANTS, NEVER_MS } from "../../../hub/store/database/instants.ts";
import { Store } from "../../../hub/store/store.ts";
import { spanOf } from "../../support/alerting/item_span.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { bootOf, HandClock } from "../../support/time/hand_clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEARS_MS = 56 * 365 * 24 * HOUR_MS;

/**
 * Columns that look like instants but are durations, or that `WallClockRows` moves by another rule.
 */
const NO_MARKS = new Map([
  ["nodes.every_ms", "a length"],
  ["nodes.reconnect_ms", "a length"],
  ["transitions.at_ms", "moved by the last id before the boot"],
  ["transitions.silent_ms", "a length"],
  ["vitals_heard.at_s", "moved by the first second of the boot"],
  ["vitals_means.from_s", "of whole hours, which no hub makes before its calendar is right"],
  ["vitals_means.step_s", "a length"],
  ["vitals_minutes.from_s", "of whole hours, as those of vitals_means"],
  ["vitals_hours.from_s", "of whole days, as those of vitals_means"],
  ["calendar.up_ms", "a length"],
  ["pulse.up_ms", "a length"],
  ["calendar.epoch_ms", "the basis itself"],
  ["calendar.vitals_from_s", "the basis itself"],
]);

/** A hub's memory and its machine: boots, kills, and steps of the wall clock. */
class Machine implements Disposable {
  readonly clock = new HandClock();
  readonly #path: string;
  #boots = 0;
  store: Store;
  calendar: WallClock;

  constructor(path: string) {
    this.#path = path;
    this.store = new Store(path);
    this.calendar = this.#open();
  }

  /** Kills the hub and starts it again. */
  kill(): void {
    this.store[Symbol.dispose]();
    this.store = new Store(this.#path);
    this.calendar = this.#open();
  }

  powerCut(): void {
    this.clock.boot();
    this.#boots++;
    this.kill();
  }

  pass(ms: number): void {
    this.clock.moveTo(this.clock.nowMs() + ms);
  }

  /** The wall-clock time with which everything is dated. */
  get wallMs(): number {
    return Math.round(this.calendar.wallMs(this.calendar.nowMs()));
  }

  #open(): WallClock {
    const { clock, store } = this;
    return new WallClock({ clock, boot: bootOf(clock, `boot ${this.#boots}`), store });
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
  }
}

Deno.test("every column of the database that holds an instant is under the rule", () => {
  using folder = new TemporaryFolder();
  using _store = new Store(folder.file("hub.db"));
  using database = new DatabaseSync(folder.file("hub.db"), { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const found = tables.flatMap(({ name }) =>
    database.prepare(`PRAGMA table_info(${name})`).all().map((column) => `${name}.${column.name}`)
  ).filter((column) => /_(ms|s|at)$/.test(column));
  const ruled = INSTANTS.flatMap(({ table, columns }) => columns.map((name) => `${table}.${name}`));
  assert.deepEqual(found.toSorted(), [...ruled, ...NO_MARKS.keys()].toSorted());
});

/** Writes a row of every kind under a name; each instant is now or in an hour. */
function writeAll({ store, wallMs }: Machine, name: string): void {
  const [atMs, soonMs] = [wallMs, wallMs + HOUR_MS];
  const span = { sinceMs: atMs, untilMs: soonMs };
  const { incidents, items, notifications, outbox } = store;
  const subject = `node ${name}`;
  const incident = { kind: "node", node: name, name, cause: "silence", subject } as const;
  store.transaction(() => {
    store.nodes.save(storedNode(name, atMs));
    store.transitions.add({ node: name, from: "alive", to: "dead", reason: "silence", atMs });
    store.maintenance.set(name, span);
    store.silences.set(name, span);
    store.facts.set("self_test_at", String(atMs));
    store.visibility.begin(atMs, atMs);
    const atS = Math.floor(atMs / 1000);
    store.vitals.add({ node: name, atS, samples: [{ atS, readings: {} }] });
    store.sessions.add(name, { createdAtMs: atMs, address: "", agent: "" });
    const id = incidents.open({ ...incident, diedAtMs: atMs, lastHeardMs: atMs });
    incidents.enqueue(id, atMs);
    incidents.notify([id], atMs);
    incidents.acknowledge(subject, atMs);
    notifications.notify(id, "sms", atMs);
    const alert = {
      kind: "alert",
      route: "sms",
      channel: "x",
      items: [{ kind: "blind", sinceMs: atMs, cause: "no_echo" }],
      common: undefined,
      atMs,
    } as const;
    const address = { route: "sms", channel: "x", recipient: name, text: "", incidentIds: [] };
    outbox.add({ ...address, items: items.add(alert), atMs, dueAtMs: soonMs });
    const sent = outbox.add({ ...address, items: [], atMs });
    const done = { state: "accepted", isUncertain: false, dueAtMs: undefined } as const;
    outbox.settle(sent, { ...done, acceptedAtMs: atMs });
  });
}

/**
 * Returns all instants that `writeAll` wrote under a name, minus an hour for those that were in an
 * hour.
 */
function instantsOf({ store }: Machine, name: string): readonly number[] {
  const [kept] = store.incidents.newest(1, { node: name });
  const [sent, message] = store.outbox.newest(1000).filter(({ recipient }) => recipient === name);
  const node = store.nodes.all().find((one) => one.id === name);
  const session = store.sessions.find(name);
  const spans = [store.maintenance.all().get(name), store.silences.all().get(name)];
  const [told] = store.notifications.of(kept?.id ?? 0);
  assert.equal(sent?.dueAtMs, NEVER_MS);
  const later = [message?.dueAtMs, node?.backByMs, ...spans.map((one) => one?.untilMs)];
  return [
    ...[node?.sinceMs, node?.lastHeardMs, kept?.diedAtMs, kept?.lastHeardMs, kept?.enqueuedAtMs],
    ...[kept?.notifiedAtMs, kept?.acknowledgedAtMs, told?.atMs, message?.createdAtMs],
    ...(message?.alert?.items ?? []).map((item) => spanOf(item).fromMs),
    ...[message?.alert?.atMs, sent?.acceptedAtMs, session?.createdAtMs, session?.lastSeenMs],
    ...[...spans.map((one) => one?.sinceMs), store.transitions.newest(name, 1)[0]?.atMs],
    ...later.map((ms) => ms === undefined ? undefined : ms - HOUR_MS),
  ].map((ms) => ms ?? NaN);
}

function storedNode(id: string, atMs: number) {
  return {
    id,
    name: undefined,
    facts: {},
    liveness: "left",
    isExpected: true,
    session: undefined,
    sinceMs: atMs,
    everyMs: 1000,
    reconnectMs: 2000,
    lastHeardMs: atMs,
    backByMs: atMs + HOUR_MS,
    leftReason: undefined,
    endedSessions: [],
  } as const;
}

function assertDated(machine: Machine, name: string, atMs: number): void {
  const found = instantsOf(machine, name);
  assert.deepEqual(found, found.map(() => atMs), name);
}

for (const [what, stepMs] of [["56 years forth", YEARS_MS], ["an hour back", -HOUR_MS]] as const) {
  Deno.test(`a calendar set ${what} takes along what this boot wrote, and nothing older`, () => {
    using folder = new TemporaryFolder();
    using machine = new Machine(folder.file("hub.db"));
    const olderMs = machine.wallMs;
    writeAll(machine, "older");
    machine.pass(MINUTE_MS);
    machine.clock.leap(-stepMs);
    machine.powerCut();
    machine.pass(MINUTE_MS);
    const youngerMs = machine.wallMs;
    writeAll(machine, "younger");
    machine.pass(MINUTE_MS);
    machine.clock.leap(stepMs);
    machine.calendar.look();
    const check = () => {
      assertDated(machine, "older", olderMs);
      assertDated(machine, "younger", youngerMs + stepMs);
      assert.equal(machine.store.facts.get("self_test_at"), String(youngerMs + stepMs));
      const seconds = ["older", "younger"].flatMap((node) =>
        machine.store.vitals.of(node, 0, 1e10).map(({ atS }) => `${node} ${atS}`)
      );
      assert.deepEqual(seconds.toSorted(), [
        `older ${Math.floor(olderMs / 1000)}`,
        `younger ${Math.floor((youngerMs + stepMs) / 1000)}`,
      ]);
    };
    check();
    machine.calendar.look();
    machine.kill();
    check();
    machine.powerCut();
    check();
  });

  Deno.test(`a hub that was killed before it knew that the calendar was set ${what} mends it later`, () => {
    using folder = new TemporaryFolder();
    using machine = new Machine(folder.file("hub.db"));
    machine.pass(MINUTE_MS);
    const writtenMs = machine.wallMs;
    writeAll(machine, "arya");
    machine.clock.leap(stepMs);
    machine.kill();
    assertDated(machine, "arya", writtenMs + stepMs);
    machine.kill();
    assertDated(machine, "arya", writtenMs + stepMs);
  });
}

Deno.test("an incident from before the boot keeps its beginning, and its end moves", () => {
  using folder = new TemporaryFolder();
  using machine = new Machine(folder.file("hub.db"));
  const { incidents } = machine.store;
  const diedAtMs = machine.wallMs;
  const incident = {
    kind: "node",
    node: "arya",
    name: "Arya",
    cause: "silence",
    subject: "arya",
  } as const;
  incidents.open({ ...incident, diedAtMs });
  machine.clock.leap(-YEARS_MS);
  machine.powerCut();
  machine.pass(MINUTE_MS);
  const recoveredAtMs = machine.wallMs + YEARS_MS;
  machine.store.incidents.close("arya", { atMs: machine.wallMs });
  machine.clock.leap(YEARS_MS);
  machine.calendar.look();
  const [kept] = machine.store.incidents.newest(1);
  assert.deepEqual([kept?.diedAtMs, kept?.recoveredAtMs], [diedAtMs, recoveredAtMs]);
});

Deno.test("a run that began with a slow wall clock learns the age of its restored state", () => {
  using folder = new TemporaryFolder();
  using machine = new Machine(folder.file("hub.db"));
  const heardMs = machine.wallMs;
  const incident = {
    kind: "node",
    node: "arya",
    name: "Arya",
    cause: "silence",
    subject: "node arya",
  } as const;
  machine.store.nodes.save(storedNode("arya", heardMs));
  const death = { diedAtMs: heardMs + MINUTE_MS, lastHeardMs: heardMs };
  machine.store.incidents.open({ ...incident, kind: "node", ...death });
  // Off for two hours; then the wall clock continues with a time some while before the stop.
  machine.pass(2 * HOUR_MS);
  machine.clock.leap(-3 * HOUR_MS);
  machine.powerCut();
  machine.pass(20_000);
  const beganMs = machine.clock.nowMs();
  const estate = new RestoredState(machine.store, machine.calendar, []);
  assert.deepEqual(estate.nodes().map(({ lastHeardMs }) => lastHeardMs), [beganMs]);
  machine.pass(MINUTE_MS);
  machine.clock.leap(3 * HOUR_MS);
  machine.calendar.look();
  assert.deepEqual(estate.redated(), {
    kind: "redated",
    beganMs,
    lastHeardMs: new Map([["arya", -2 * HOUR_MS]]),
    deaths: new Map([
      ["arya", { startedAtMs: MINUTE_MS - 2 * HOUR_MS, lastHeardMs: -2 * HOUR_MS }],
    ]),
  });
});

Deno.test("sleep of the machine is not a step of the wall clock", () => {
  using store = new Store(":memory:");
  const clock = new HandClock();
  let sleptMs = 0;
  const boot = { id: "boot", upMs: () => clock.nowMs() + sleptMs };
  using calendar = new WallClock({ clock, boot, store });
  const steps: number[] = [];
  calendar.onStep((ms) => steps.push(ms));
  store.sessions.add("a", { createdAtMs: calendar.wallMs(0), address: "", agent: "" });
  const before = store.sessions.find("a");
  // The monotonic clock stops meanwhile, so the wall clock seems to step.
  sleptMs = 8 * HOUR_MS;
  clock.leap(sleptMs);
  calendar.look();
  assert.deepEqual([steps, store.sessions.find("a")], [[], before]);
  clock.leap(HOUR_MS);
  calendar.look();
  assert.deepEqual(steps, [HOUR_MS]);
});

/** Events of a machine; durations in minutes. */
type Event =
  | { readonly kind: "write" | "look" | "kill" }
  | { readonly kind: "pass" | "step" | "cut"; readonly minutes: number };

const minutes = fc.integer({ min: -3 * 60, max: 3 * 60 });
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constantFrom("write", "look", "kill") }),
  fc.record({ kind: fc.constantFrom("pass"), minutes: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constantFrom("step", "cut"), minutes }),
);

Deno.test("in every case each instant follows the last wall clock of its own boot", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      using folder = new TemporaryFolder();
      using machine = new Machine(folder.file("hub.db"));
      /** The wall-clock time of each event, corrected while its boot lasts. */
      const expected = new Map<string, { atMs: number; isOver: boolean }>();
      let unnoticedMs = 0;
      const notice = () => {
        for (const one of expected.values()) if (!one.isOver) one.atMs += unnoticedMs;
        unnoticedMs = 0;
      };
      for (const { kind, ...by } of events) {
        const ms = "minutes" in by ? by.minutes * MINUTE_MS : 0;
        switch (kind) {
          case "write": {
            const name = `n${expected.size}`;
            writeAll(machine, name);
            expected.set(name, { atMs: machine.wallMs, isOver: false });
            break;
          }
          case "look":
            machine.calendar.look();
            notice();
            break;
          case "kill":
            machine.kill();
            notice();
            break;
          case "pass":
            machine.pass(ms);
            break;
          case "step":
            machine.clock.leap(ms);
            unnoticedMs += ms;
            break;
          case "cut":
            // What its hub never noticed, no later hub can correct.
            unnoticedMs = 0;
            for (const one of expected.values()) one.isOver = true;
            machine.clock.leap(ms);
            machine.powerCut();
        }
      }
      for (const [name, { atMs }] of expected) assertDated(machine, name, atMs);
    }),
    { numRuns: 60 },
  );
});
