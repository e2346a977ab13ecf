/** The presses of a push button: bouncing contacts, edges that are read late, and long presses. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { type ButtonInput, buttonMachine, newButton } from "../../../core/alarm/button.ts";
import { type Note, play } from "../../support/detection/score.ts";
import { edge, press, WALL_MS } from "../../support/detection/watch_score.ts";

interface ButtonScore {
  /** When the program reads and ticks again after a stall. */
  readonly lateMs?: (deadlineMs: number) => number;
  readonly untilMs?: number;
}

/** The presses, as `short@120`. */
function presses(
  notes: readonly Note<ButtonInput>[],
  { lateMs = () => 0, untilMs = 60_000 }: ButtonScore = {},
): string {
  const played = play(buttonMachine, newButton(), { notes, untilMs, lateMs });
  for (const { atMs, output } of played) assert.equal(output.wallMs, WALL_MS + atMs);
  return played.map(({ atMs, output }) => `${output.length}@${atMs}`).join(" ");
}

/** Levels with their begins, each read at once. */
function edges(...changes: readonly (readonly [atMs: number, pressed: boolean])[]) {
  return changes.map(([atMs, pressed]): Note<ButtonInput> => [atMs, edge(atMs, pressed)]);
}

Deno.test("a press is short when it has ended and is stable for 20 ms", () => {
  assert.equal(presses(press(1000, 100)), "short@1120");
  assert.equal(presses(press(1000, 2999)), "short@4019");
});

Deno.test("a press is long at 3 s, while the button is down, and its end reports nothing", () => {
  assert.equal(presses(press(1000, 3001)), "long@4000");
  assert.equal(presses(press(1000, 30_000)), "long@4000");
});

Deno.test("a stuck button reports one long press and no more", () => {
  assert.equal(presses(edges([1000, true]), { untilMs: 24 * 3_600_000 }), "long@4000");
});

Deno.test("a press that began before the program does not count, and the next one does", () => {
  assert.equal(presses([...edges([1000, false]), ...press(5000)]), "short@5120");
});

Deno.test("a contact that closes for less than 20 ms is not a press", () => {
  assert.equal(presses(press(1000, 19)), "");
  assert.equal(presses(press(1000, 20)), "short@1040");
});

Deno.test("a contact that opens for less than 20 ms while it is held does not end the press", () => {
  assert.equal(presses(edges([1000, true], [2000, false], [2019, true])), "long@4000");
  // A bounce at 3 s: the button is down again a moment later.
  assert.equal(presses(edges([1000, true], [3990, false], [4005, true])), "long@4005");
  assert.equal(presses(edges([1000, true], [3990, false])), "short@4010");
});

Deno.test("bouncing at both ends is one press", () => {
  const bouncing = edges(
    ...[[1000, true], [1003, false], [1005, true], [1011, false], [1012, true]] as const,
    ...[[1200, false], [1204, true], [1209, false]] as const,
  );
  assert.equal(presses(bouncing), "short@1229");
});

Deno.test("two presses that are read in one burst are two presses", () => {
  const burst = [...press(1000), ...press(1500)].map(([, input]): Note<ButtonInput> => [
    2000,
    input,
  ]);
  // The end of the second press may still be a bounce, so the backlog is read first.
  assert.equal(presses(burst), "short@2000 short@2100");
});

Deno.test("the kernel dates edges, so a long press that is read late is still long", () => {
  const late = press(1000, 3500).map(([, input]): Note<ButtonInput> => [9000, input]);
  assert.equal(presses(late), "long@9000");
});

Deno.test("a program that runs late reads its backlog before it reports a long press", () => {
  // It reads the press in time, and then stalls from 1.5 s to 7 s.
  const lateMs = (deadlineMs: number) => deadlineMs === 4000 ? 3000 : 0;
  const released: Note<ButtonInput> = [7050, edge(2000, false)];
  assert.equal(presses([...edges([1000, true]), released], { lateMs }), "short@7150");
  assert.equal(presses(edges([1000, true]), { lateMs }), "long@7100");
});

Deno.test("a line that was lost while the button was down reports nothing, and works again", () => {
  const lost: Note<ButtonInput> = [2000, { kind: "button_lost" }];
  assert.equal(presses([...edges([1000, true]), lost, ...press(20_000)]), "short@20120");
});

Deno.test("a release that the kernel dropped does not affect the next press", () => {
  assert.equal(presses([...edges([1000, true]), ...press(20_000)]), "long@4000 short@20120");
});

/** How long the button is pressed and then released, and how the contact bounces at both ends. */
const bounces = fc.array(fc.integer({ min: 1, max: 19 }), { maxLength: 5 });
const finger = fc.record({
  heldMs: fc.oneof(fc.integer({ min: 120, max: 2800 }), fc.integer({ min: 3200, max: 9000 })),
  awayMs: fc.integer({ min: 130, max: 2000 }),
  coming: bounces,
  going: bounces,
  /** How late the program reads each edge. */
  unreadMs: fc.nat({ max: 90 }),
});

/** The edges of a change to a level, and the instant of the last one. */
function bouncing(startMs: number, pressed: boolean, gapsMs: readonly number[]) {
  const levels: [number, boolean][] = [[startMs, pressed]];
  let atMs = startMs;
  // In pairs, so that the last level is the first.
  for (const [index, gapMs] of gapsMs.slice(0, gapsMs.length & ~1).entries()) {
    atMs += gapMs;
    levels.push([atMs, index % 2 === 0 ? !pressed : pressed]);
  }
  return { levels, endMs: atMs };
}

Deno.test("however contacts bounce and edges are read late, each press is reported once", () => {
  fc.assert(fc.property(fc.array(finger, { minLength: 1, maxLength: 8 }), (fingers) => {
    const notes: Note<ButtonInput>[] = [];
    let atMs = 1000;
    let readMs = 0;
    for (const { heldMs, awayMs, coming, going, unreadMs } of fingers) {
      const down = bouncing(atMs, true, coming);
      const up = bouncing(down.endMs + heldMs, false, going);
      for (const [edgeMs, pressed] of [...down.levels, ...up.levels]) {
        readMs = Math.max(readMs, edgeMs + unreadMs);
        notes.push([readMs, edge(edgeMs, pressed)]);
      }
      atMs = up.endMs + awayMs;
    }
    // A program that reads late also ticks late: no tick overtakes an edge by more than the machine
    // waits.
    const given = presses(notes, { lateMs: () => 100, untilMs: atMs + 60_000 });
    const lengths = given.split(" ").map((text) => text.split("@")[0]);
    assert.deepEqual(lengths, fingers.map(({ heldMs }) => heldMs < 3000 ? "short" : "long"));
  }));
});

Deno.test("a stream of edges never makes more presses than edges, or an endless press", () => {
  const change = fc.record({
    pressed: fc.boolean(),
    gapMs: fc.nat({ max: 5000 }),
    unreadMs: fc.nat({ max: 5000 }),
  });
  fc.assert(fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
    let atMs = 0;
    let readMs = 0;
    const notes = changes.map(({ pressed, gapMs, unreadMs }): Note<ButtonInput> => {
      atMs += gapMs;
      readMs = Math.max(readMs, atMs + unreadMs);
      return [readMs, edge(atMs, pressed)];
    });
    const given = presses(notes, { untilMs: 1_000_000 }).split(" ").filter((text) => text !== "");
    const pressedCount = changes.filter(({ pressed }) => pressed).length;
    assert.ok(given.length <= pressedCount, `${given.length} of ${pressedCount}`);
  }));
});
