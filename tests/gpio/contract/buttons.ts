/** What an input tells of a push button to ground, and what waiting for it costs. */
import assert from "node:assert/strict";
import { EDGES_MAX } from "../../../ffi/gpio_driver.ts";
import type { Guest, Press } from "../guest.ts";
import { isInTime, scaled } from "../../support/time/patience.ts";
import { BUTTON, type Lines, type ToldEdge } from "../lines.ts";
import { inOneOf } from "../played.ts";
import type { Scenario } from "./scenario.ts";

/** Where gpio-sim lets the button's line be pulled. */
const PULL = `/sys/devices/platform/gpio-sim.0/gpiochip0/sim_gpio${BUTTON}/pull`;
/** A guest whose second processor waits for the host tells two edges that are close together as one. */
const PRESS_MS = scaled(300);
/** Two clocks are compared, the guest's through the host's. */
const CLOCKS_MS = scaled(50);
/** For how long nothing happens. */
const IDLE_S = 3;
/** A busy loop would use all of that time; one that looks ten times a second wakes up 30 times. */
const IDLE_CPU_TICKS_MAX = 20;
const IDLE_WAKES_MAX = 15;
/** Each has two edges, so that the kernel keeps them all. */
const QUICK_PRESSES = EDGES_MAX / 2 - 1;
/** Each has two edges, so that they are more than the kernel keeps. */
const FRENZIED_PRESSES = EDGES_MAX - 1;

export async function buttonStories(
  t: Deno.TestContext,
  { guest, lines }: Scenario,
): Promise<void> {
  await lines.release("led", "button");
  await guest.plug("pi4");
  const story = (name: string, tell: () => Promise<void>) =>
    t.step(name, async () => {
      await lines.openButton();
      try {
        await tell();
      } finally {
        await guest.pull(BUTTON, "up");
        await lines.release("button");
      }
    });
  await story("a press and its end are told at their time", () => tellsPress(guest, lines));
  await story("the level can be asked at any time", () => tellsLevel(guest, lines));
  await story("quick presses are all told in order", () => tellsQuickPresses(guest, lines));
  await story("after more edges than are kept, the level is right", () => catchesUp(guest, lines));
  await story("signals do not disturb the wait", () => bearsSignals(guest, lines));
  await story("the event loop goes on meanwhile", () => letsTick(lines));
  await story("a wait without an edge costs nothing", () => costsNothing(guest, lines));
  await t.step("a button to the supply is active when high", () => isActiveHigh(guest, lines));
  await t.step("a button that is held when it is opened is active", () => isHeld(guest, lines));
}

async function tellsPress(guest: Guest, lines: Lines): Promise<void> {
  const { mark } = lines;
  const press = await guest.press(BUTTON, PRESS_MS);
  const edges = await lines.edges(2, mark);
  assert.deepEqual(edges.map(({ active }) => active), [true, false]);
  for (const { atMs, toldMs } of edges) assert(atMs <= toldMs, "told after it was");
  const before = await guest.now();
  const performanceMs = Number(await lines.ask({ do: "clock" }));
  const after = await guest.now();
  // The zero of performance.now() in seconds of the guest's clock lies between these two.
  const zero = [before - performanceMs / 1_000, after - performanceMs / 1_000] as const;
  isWithin(edges[0], press.pressed, zero);
  isWithin(edges[1], press.released, zero);
}

function isWithin(
  edge: ToldEdge | undefined,
  [from, to]: Press["pressed"],
  [earliest, latest]: readonly [number, number],
): void {
  assert(edge !== undefined);
  const atMs = edge.atMs;
  assert(atMs >= (from - latest) * 1_000 - CLOCKS_MS, `${atMs} is before the press`);
  assert(atMs <= (to - earliest) * 1_000 + CLOCKS_MS, `${atMs} is after the press`);
}

async function tellsLevel(guest: Guest, lines: Lines): Promise<void> {
  assert.equal(await lines.ask({ do: "read", name: "button" }), false, "pulled up");
  await guest.pull(BUTTON, "down");
  assert.equal(await lines.ask({ do: "read", name: "button" }), true);
  await guest.pull(BUTTON, "up");
  assert.equal(await lines.ask({ do: "read", name: "button" }), false);
}

async function tellsQuickPresses(guest: Guest, lines: Lines): Promise<void> {
  const { mark } = lines;
  await whileStopped(lines, () => guest.run(presses(QUICK_PRESSES)));
  const edges = await lines.edges(2 * QUICK_PRESSES, mark);
  await lines.ask({ do: "clock" });
  isOrdered(edges);
  assert.equal(edges[0]?.active, true);
  assert.equal(lines.edgesSoFar(mark).length, 2 * QUICK_PRESSES, "none was told twice");
}

async function catchesUp(guest: Guest, lines: Lines): Promise<void> {
  const { mark } = lines;
  const frenzy = `${presses(FRENZIED_PRESSES)}; echo pull-down > ${PULL}`;
  await whileStopped(lines, () => guest.run(frenzy));
  // What is kept is told whole: by one ABI the oldest edges, by the other the latest.
  await lines.edges(EDGES_MAX - 1, mark);
  const isLastDown = () => lines.edgesSoFar(mark).at(-1)?.active === true;
  await guest.until(() => isLastDown() || undefined, "last edge that is the button's going down");
  await lines.ask({ do: "tick", times: 10, everyMs: 20 });
  isOrdered(lines.edgesSoFar(mark));
  assert(isLastDown(), "it is held down");
}

/** Nothing is read meanwhile, so that the kernel has to keep the edges. */
async function whileStopped({ program }: Lines, act: () => Promise<unknown>): Promise<void> {
  await program.signal("STOP");
  try {
    await act();
  } finally {
    await program.signal("CONT");
  }
}

/** So many presses, far enough apart for edges not to fall together in a guest that waits for the host. */
function presses(count: number): string {
  const press = `echo pull-down > ${PULL}; usleep 20000; echo pull-up > ${PULL}; usleep 20000`;
  return `for press in $(seq ${count}); do ${press}; done`;
}

function isOrdered(edges: readonly ToldEdge[]): void {
  for (const [index, { active, atMs }] of edges.entries()) {
    const last = edges[index - 1];
    assert(last === undefined || last.active !== active, `edge ${index} is a change`);
    assert(last === undefined || last.atMs <= atMs, `edge ${index} comes after the one before it`);
  }
}

async function bearsSignals(guest: Guest, lines: Lines): Promise<void> {
  const { mark } = lines;
  for (let times = 0; times < 3; times++) {
    const before = lines.mark;
    await lines.program.signal("HUP");
    await lines.program.said(/"hungUp":true/, before);
  }
  await guest.press(BUTTON, PRESS_MS);
  const edges = await lines.edges(2, mark);
  assert.deepEqual(edges.map(({ active }) => active), [true, false]);
}

async function letsTick(lines: Lines): Promise<void> {
  const tookMs = Number(await lines.ask({ do: "tick", times: 20, everyMs: 10 }));
  assert(isInTime(tookMs, 5_000), `20 timers of 10 ms took ${tookMs.toFixed(0)} ms`);
}

/** Whatever halts the guest while a thread runs counts as that thread's time: once, but not each time. */
async function costsNothing(guest: Guest, lines: Lines): Promise<void> {
  await inOneOf(3, () => costsLittle(guest, lines));
}

async function costsLittle(guest: Guest, lines: Lines): Promise<void> {
  const before = await usage(guest, lines);
  await guest.run(`sleep ${IDLE_S}`);
  const after = await usage(guest, lines);
  const ticks = after.cpuTicks - before.cpuTicks;
  assert(ticks <= IDLE_CPU_TICKS_MAX, `${ticks} hundredths of a second of CPU time`);
  const wakes = after.wakes - before.wakes;
  assert(wakes <= IDLE_WAKES_MAX, `${wakes} times a thread woke up`);
}

/** What the program used so far, all threads together. */
async function usage(guest: Guest, { program }: Lines) {
  const stat = await guest.run(`cat /proc/${program.pid}/stat`);
  // The fields after the name, which is in brackets; the first of them has number 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const cpuTicks = Number(fields[14 - 3]) + Number(fields[15 - 3]);
  const counts = await guest.run(`grep -h ^voluntary_ctxt /proc/${program.pid}/task/*/status`);
  const wakes = counts.match(/\d+/g)?.map(Number).reduce((sum, count) => sum + count, 0) ?? NaN;
  assert(Number.isFinite(cpuTicks) && wakes > 0, `${stat} ${counts}`);
  return { cpuTicks, wakes };
}

async function isActiveHigh(guest: Guest, lines: Lines): Promise<void> {
  await lines.openButton({ activeLow: false, pull: "down" });
  assert.equal(await lines.ask({ do: "read", name: "button" }), false, "pulled down");
  const { mark } = lines;
  await guest.pull(BUTTON, "up");
  // In a guest that waits for the host, edges that are close together are one.
  await lines.edges(1, mark);
  await guest.pull(BUTTON, "down");
  const edges = await lines.edges(2, mark);
  assert.deepEqual(edges.map(({ active }) => active), [true, false]);
  await lines.release("button");
}

async function isHeld(guest: Guest, lines: Lines): Promise<void> {
  await lines.openButton();
  await guest.pull(BUTTON, "down");
  await lines.release("button");
  // Without a resistor of the chip's own the line stays where it is held.
  await lines.openButton({ pull: "none" });
  const { mark } = lines;
  await guest.pull(BUTTON, "up");
  const edges = await lines.edges(1, mark);
  assert.deepEqual(edges.at(-1)?.active, false);
  await lines.release("button");
}
