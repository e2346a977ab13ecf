/** How an observer distinguishes a heartbeat that it read late from one that arrived late. */

import assert from "node:assert/strict";
import type { ClusterInput } from "../../../core/detection/cluster_state.ts";
import { forgetQueueDelay, heardMs, newQueueDelay } from "../../../core/detection/queue_delay.ts";
import {
  allBeat,
  beats,
  heartbeat,
  link,
  live,
  playCluster,
} from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import { linesOfKind } from "../../support/detection/score_lines.ts";

/** An observer that reads at once. */
function at(nowMs: number, readableMs = nowMs - 1): { nowMs: number; readableMs: number } {
  return { nowMs, readableMs };
}

Deno.test("a backlog counts from when each heartbeat was sent", () => {
  const delay = newQueueDelay();
  assert.equal(heardMs(delay, 0, at(5000)), 5000);
  assert.equal(heardMs(delay, 1000, at(6000)), 6000);
  // The observer does not run from 6.2 s to 15 s.
  const backlog = [2000, 3000, 4000].map((upMs) => heardMs(delay, upMs, at(15_000, 6200)));
  assert.deepEqual(backlog, [7000, 8000, 9000]);
  assert.equal(heardMs(delay, 11_000, at(16_000)), 16_000);
});

Deno.test("a heartbeat counts from no earlier than the observer can have missed it", () => {
  const delay = newQueueDelay();
  heardMs(delay, 0, at(5000));
  assert.equal(heardMs(delay, 1000, at(6800, 6300)), 6300);
});

Deno.test("the first heartbeat of a session counts from when it is read", () => {
  const delay = newQueueDelay();
  assert.equal(heardMs(delay, 77_000, at(5000, 1000)), 5000);
  forgetQueueDelay(delay);
  assert.equal(heardMs(delay, 3, at(6000, 1000)), 6000);
});

Deno.test("a clock that is 200 ppm fast or slow makes no node late in a week", () => {
  for (const drift of [1 + 2e-4, 1 - 2e-4]) {
    const delay = newQueueDelay();
    let latestMs = 0;
    for (let nowMs = 1000; nowMs < 7 * 86_400_000; nowMs += 1000) {
      const atMs = heardMs(delay, Math.round(nowMs * drift), at(nowMs, nowMs - 1000));
      latestMs = Math.max(latestMs, nowMs - atMs);
    }
    assert.ok(latestMs <= 5, `${latestMs} ms late`);
  }
});

Deno.test("a suspended machine is late for one heartbeat at most", () => {
  for (const sleptMs of [500, 5000, 60_000, 3_600_000]) {
    const delay = newQueueDelay();
    heardMs(delay, 0, at(1000));
    heardMs(delay, 1000, at(2000));
    let nowMs = 3000 + sleptMs;
    for (let upMs = 2000; upMs <= 30_000; upMs += 1000, nowMs += 1000) {
      const latenessMs = nowMs - heardMs(delay, upMs, at(nowMs, nowMs - 300));
      assert.ok(latenessMs <= 300, `${latenessMs} ms late`);
      if (sleptMs > 1300 || upMs > 22_000) assert.equal(latenessMs, 0);
    }
  }
});

/** One node whose heartbeats arrive regularly. `upMs` defines its clock. */
function alone(
  everyMs: number,
  upMs: (arrivalMs: number) => number | undefined,
): readonly Note<ClusterInput>[] {
  const notes: Note<ClusterInput>[] = [];
  for (let atMs = 1000, seq = 0; atMs <= 600_000; atMs += everyMs) {
    const up = upMs(atMs);
    if (up === undefined) continue;
    notes.push([atMs, live("pi-1", { ...heartbeat("a", seq++, everyMs), upMs: up })]);
  }
  return notes;
}

Deno.test("a node whose machine was suspended for 60 s does not die again after its return", () => {
  for (const everyMs of [1000, 5000, 10_000, 30_000]) {
    const { played } = playCluster({
      notes: alone(everyMs, (atMs) => {
        if (atMs <= 100_000) return atMs;
        return atMs < 160_000 ? undefined : atMs - 60_000;
      }),
      untilMs: 600_000,
    });
    const transitions = linesOfKind(played, "transition");
    const back = transitions.findIndex((line) => line.includes("dead->alive"));
    assert.equal(back, transitions.length - 1, transitions.join("\n"));
  }
});

Deno.test("a node that became late has half a second for its next heartbeat", () => {
  const { played } = playCluster({
    notes: alone(10_000, (atMs) => atMs).map(([atMs, beat]) => {
      if (atMs <= 100_000) return [atMs, beat];
      return [atMs + (atMs === 101_000 ? 1800 : 2100), beat];
    }),
    untilMs: 600_000,
  });
  assert.deepEqual(linesOfKind(played, "transition"), ["1s pi-1 unknown->alive (heartbeat)"]);
});

Deno.test("a heartbeat that took longer on its way counts from the step before it was read", () => {
  const { state } = playCluster({
    notes: [
      ...allBeat(1000, 30_000),
      ...beats("victim", { fromMs: 1500, toMs: 20_500 }),
      // 0.8 s late, between the heartbeats of the others.
      [22_330, live("victim", heartbeat("victim-a", 20))],
    ],
    untilMs: 22_400,
  });
  assert.equal(state.nodes.get("victim")?.lastHeardMs, 22_320);
});

Deno.test("a new connection has no backlog", () => {
  const { state } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [10_500, link(false)],
      [60_000, link(true)],
      // Its machine was suspended for 30 s.
      [60_300, live("pi-1", { ...heartbeat("pi-1-a", 30), upMs: 29_300 })],
    ],
    untilMs: 60_400,
  });
  assert.equal(state.nodes.get("pi-1")?.lastHeardMs, 60_300);
});

Deno.test("the clock of a past session does not affect the next one", () => {
  const { state } = playCluster({
    notes: [
      [1800, live("pi-1", { ...heartbeat("a", 0), upMs: 800 })],
      [2800, live("pi-1", heartbeat("b", 0))],
    ],
    untilMs: 2900,
  });
  assert.equal(state.nodes.get("pi-1")?.lastHeardMs, 2800);
});

Deno.test("a node with a false up_ms is alive by the arrival of its heartbeats", () => {
  const clocks: readonly ((atMs: number) => number)[] = [
    () => 0,
    (atMs) => 1e12 - atMs,
    (atMs) => Math.floor(atMs / 4000) * 4000,
    (atMs) => atMs * 3,
    (atMs) => Math.floor(atMs / 2),
    (atMs) => atMs === 31_000 ? Number.MAX_SAFE_INTEGER : atMs,
  ];
  for (const everyMs of [1000, 5000, 10_000]) {
    for (const clock of clocks) {
      const { played } = playCluster({ notes: alone(everyMs, clock), untilMs: 600_000 });
      assert.deepEqual(linesOfKind(played, "transition"), ["1s pi-1 unknown->alive (heartbeat)"]);
    }
  }
});
