/** When the hub pings the watcher outside, and what it says. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { faultsText } from "../../../core/watchdog/fault_text.ts";
import {
  newWatchdog,
  type PingError,
  type WatchdogFault,
  type WatchdogInput,
  watchdogMachine,
  type WatchdogOptions,
} from "../../../core/watchdog/watchdog.ts";
import { SeededRandom } from "../../support/time/seeded_random.ts";

const OPTIONS: WatchdogOptions = { everyMs: 60_000, holdMs: 60_000, saysFaults: true };
const LOOK_MS = 2000;
const HOUR_MS = 3_600_000;
/** A ping whose end was not reported counts as lost after this time. */
const LOST_MS = 60_000;

interface Story {
  /** What is wrong at an instant. */
  readonly faultsAt?: (nowMs: number) => readonly WatchdogFault[];
  /** How a ping that begins at an instant ends, and after how long; `undefined`: it never ends. */
  readonly endAt?: (
    nowMs: number,
  ) => { readonly afterMs: number; readonly error?: PingError } | undefined;
  readonly untilMs?: number;
  readonly options?: Partial<WatchdogOptions>;
}

interface Ping {
  readonly atMs: number;
  /** `works`, or the kinds of the faults. */
  readonly says: string;
}

/** Plays a hub that looks at itself every 2 s. */
function play({ faultsAt = () => [], endAt = quickly, untilMs = HOUR_MS, options }: Story) {
  const machine = watchdogMachine({ ...OPTIONS, ...options });
  let state = newWatchdog();
  const pings: Ping[] = [];
  const ends: { readonly atMs: number; readonly input: WatchdogInput }[] = [];
  const step = (input: WatchdogInput | { readonly kind: "tick" }, nowMs: number) => {
    const [next, outputs] = machine.step(state, input, nowMs);
    state = next;
    for (const { number, faults } of outputs) {
      const kinds = faults.map(({ kind }) => kind).join(" ");
      pings.push({ atMs: nowMs, says: kinds === "" ? "works" : kinds });
      const end = endAt(nowMs);
      if (end === undefined) continue;
      const input = { kind: "ping_ended", number, error: end.error } as const;
      ends.push({ atMs: nowMs + end.afterMs, input });
      ends.sort((a, b) => a.atMs - b.atMs);
    }
  };
  for (let lookMs = 0, nowMs = 0; nowMs <= untilMs;) {
    const endMs = ends[0]?.atMs ?? Infinity;
    nowMs = Math.min(lookMs, endMs, Math.max(nowMs, machine.deadlineMs(state)));
    if (nowMs > untilMs) break;
    if (endMs <= nowMs) {
      const end = ends.shift();
      if (end !== undefined) step(end.input, nowMs);
    } else if (lookMs <= nowMs) {
      step({ kind: "observed", faults: faultsAt(nowMs) }, nowMs);
      lookMs += LOOK_MS;
    } else step({ kind: "tick" }, nowMs);
  }
  return { pings, state };
}

function quickly() {
  return { afterMs: 100 };
}

/** The hub is blind from one instant to the other. */
function blindBetween(
  fromMs: number,
  toMs: number,
): (nowMs: number) => readonly WatchdogFault[] {
  return (nowMs) =>
    nowMs >= fromMs && nowMs < toMs
      ? [{ kind: "blind", cause: "no_connection", sinceMs: fromMs }]
      : [];
}

function saidBetween(pings: readonly Ping[], fromMs: number, toMs: number): readonly string[] {
  return pings.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map(({ says }) => says);
}

Deno.test("a hub that works pings once in each interval, and slow answers do not add up", () => {
  const { pings } = play({ endAt: () => ({ afterMs: 9000 }) });
  assert.deepEqual(pings.map(({ atMs }) => atMs), Array.from({ length: 61 }, (_, i) => i * 60_000));
  assert.ok(pings.every(({ says }) => says === "works"));
});

Deno.test("a short blindness is not told, and no ping says meanwhile that all is well", () => {
  const { pings } = play({ faultsAt: blindBetween(100_000, 150_000), untilMs: 400_000 });
  assert.deepEqual(saidBetween(pings, 100_000, 150_000), []);
  assert.ok(pings.every(({ says }) => says === "works"));
  assert.equal(pings.find(({ atMs }) => atMs > 100_000)?.atMs, 150_000);
});

Deno.test("a lasting fault is told once it lasts, then in each interval, and its end at once", () => {
  const { pings } = play({ faultsAt: blindBetween(100_000, 400_000), untilMs: 500_000 });
  const told = pings.filter(({ says }) => says === "blind").map(({ atMs }) => atMs);
  assert.deepEqual(told, [160_000, 220_000, 280_000, 340_000]);
  assert.deepEqual(saidBetween(pings, 100_000, 160_000), []);
  assert.equal(pings.find(({ atMs }) => atMs >= 400_000)?.atMs, 400_000);
  assert.equal(pings.at(-1)?.says, "works");
});

Deno.test("a watcher that only knows silence is never told of a fault", () => {
  const { pings } = play({
    faultsAt: blindBetween(100_000, 400_000),
    untilMs: 500_000,
    options: { saysFaults: false },
  });
  assert.deepEqual(saidBetween(pings, 100_000, 400_000), []);
  assert.equal(pings.find(({ atMs }) => atMs >= 400_000)?.atMs, 400_000);
});

Deno.test("providers that were watched for long and a hub that hangs are told at once", () => {
  for (const kind of ["providers", "stuck"] as const) {
    const faultsAt = (nowMs: number): readonly WatchdogFault[] =>
      nowMs >= 100_000 ? [{ kind, sinceMs: 100_000 }] : [];
    const { pings } = play({ faultsAt, untilMs: 110_000 });
    assert.equal(pings.find(({ says }) => says === kind)?.atMs, 100_000);
  }
});

Deno.test("a ping that was not accepted is repeated, soon at first, and never more often", () => {
  const error = { code: "unreachable" } as const;
  const { pings, state } = play({ endAt: () => ({ afterMs: 0, error }), untilMs: 300_000 });
  const gaps = pings.slice(1).map(({ atMs }, i) => atMs - (pings[i]?.atMs ?? 0));
  assert.deepEqual(gaps.slice(0, 6), [5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  assert.equal(state.accepted, undefined);
  assert.deepEqual(state.error, error);
});

Deno.test("a ping whose end is never reported does not end the pings", () => {
  const { pings, state } = play({ endAt: () => undefined, untilMs: 600_000 });
  assert.ok(pings.length >= 5, `${pings.length} pings`);
  assert.deepEqual(state.error, { code: "no_answer" });
});

Deno.test("the end of an older ping says nothing about the present one", () => {
  const machine = watchdogMachine(OPTIONS);
  const [state] = machine.step(newWatchdog(), { kind: "observed", faults: [] }, 0);
  machine.step(state, { kind: "ping_ended", number: 7, error: undefined }, 10);
  assert.equal(state.accepted, undefined);
  machine.step(state, { kind: "ping_ended", number: 1, error: undefined }, 20);
  assert.deepEqual(state.accepted, { said: "works", atMs: 0 });
});

Deno.test("whatever happens, no ping claims what is not true, and the truth is told in time", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const random = new SeededRandom(seed);
      const spans = Array.from({ length: 5 }, (_, i) => {
        const fromMs = i * 600_000 + random.between(0, 200_000);
        return { fromMs, toMs: fromMs + random.between(1000, 390_000) };
      });
      const faultsAt = (nowMs: number) =>
        spans.filter(({ fromMs, toMs }) => nowMs >= fromMs && nowMs < toMs)
          .map(({ fromMs }): WatchdogFault => ({ kind: "outbox", sinceMs: fromMs }));
      const endAt = () => {
        const draw = random.next();
        if (draw < 0.05) return undefined;
        const afterMs = random.between(0, 10_000);
        return draw < 0.4 ? { afterMs, error: { code: "no_answer" } as const } : { afterMs };
      };
      const { pings } = play({ faultsAt, endAt });
      for (const { atMs, says } of pings) {
        const lookedMs = Math.floor(atMs / LOOK_MS) * LOOK_MS;
        assert.equal(says !== "works", faultsAt(lookedMs).length > 0, `at ${atMs} ms`);
      }
      // At worst a ping has no end, the next one waits, and then a fault does not last yet.
      const longestMs = LOST_MS + OPTIONS.everyMs + OPTIONS.holdMs + 2 * LOOK_MS;
      const gaps = pings.map(({ atMs }, i) => atMs - (pings[i - 1]?.atMs ?? 0));
      assert.ok(gaps.every((ms) => ms <= longestMs), `${Math.max(...gaps)}`);
    }),
    { numRuns: 100 },
  );
});

Deno.test("the reasons are told as sentences, with their lengths", () => {
  assert.equal(
    faultsText([
      { kind: "blind", cause: "no_connection", sinceMs: 0 },
      { kind: "storage", cause: "full", sinceMs: 60_000 },
    ], 120_000),
    "the hub does not see the cluster: it has no connection to the broker (for 2 min); " +
      "the hub cannot write its history: its disk is full (for 1 min)",
  );
});
