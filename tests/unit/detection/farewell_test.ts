/** A node that says farewell causes no alert until it is started again. */

import assert from "node:assert/strict";
import {
  beats,
  birth,
  farewell,
  heartbeat,
  lastWill,
  link,
  live,
  playCluster,
  retained,
} from "../../support/detection/cluster_score.ts";
import { deathsOf } from "../../support/detection/score_lines.ts";

const A = "session-a";
const B = "session-b";

Deno.test("a farewell makes a node left, and its late heartbeats prove nothing", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [10_100, live("pi-1", farewell(A))],
      [10_200, live("pi-1", heartbeat(A, 10))],
      [10_300, live("pi-1", lastWill(A))],
    ],
    untilMs: 120_000,
  });
  assert.deepEqual(lines.slice(2), ["10.1s pi-1 alive->left (stop)"]);
});

Deno.test("a node that left is alive again with a new session", () => {
  const { lines } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0))],
      [2000, live("pi-1", farewell(A))],
      [60_000, live("pi-1", heartbeat(B, 0))],
    ],
    untilMs: 120_000,
  });
  assert.deepEqual(lines.slice(2), [
    "2s pi-1 alive->left (stop)",
    "60s pi-1 left->alive (heartbeat)",
    "63s pi-1 alive->suspect (silence)",
    "65s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("a farewell ends suspicion and death as well", () => {
  const suspect = playCluster({
    notes: [[1000, live("pi-1", heartbeat(A, 0))], [5000, live("pi-1", farewell(A))]],
    untilMs: 60_000,
  });
  assert.equal(suspect.lines.at(-1), "5s pi-1 suspect->left (stop)");
  const dead = playCluster({
    notes: [[1000, live("pi-1", heartbeat(A, 0))], [9000, live("pi-1", farewell(A))]],
    untilMs: 60_000,
  });
  assert.equal(dead.lines.at(-1), "9s pi-1 dead->left (stop)");
});

Deno.test("a farewell while the verdict waits for its echo prevents the death", () => {
  const { played } = playCluster({
    notes: [[1000, live("pi-1", heartbeat(A, 0))], [6050, live("pi-1", farewell(A))]],
    roundTrip: () => 200,
    untilMs: 60_000,
  });
  assert.deepEqual(deathsOf(played), []);
});

Deno.test("a retained farewell shows that a node is stopped, and no observer reports it", () => {
  const { lines } = playCluster({
    expected: ["pi-1"],
    notes: [[1, retained("pi-1", farewell(A))]],
    untilMs: 120_000,
  });
  assert.deepEqual(lines, ["0.001s pi-1 unknown->left (stop)", "0.002s visible"]);
});

Deno.test("a retained farewell of an earlier session changes nothing", () => {
  const { lines } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0))],
      ...beats("pi-1", { session: B, fromMs: 2000, toMs: 20_000 }),
      [5500, retained("pi-1", farewell(A))],
    ],
    untilMs: 21_000,
  });
  assert.deepEqual(lines, ["0.002s visible", "1s pi-1 unknown->alive (heartbeat)"]);
});

Deno.test("a node that left and was started unseen is missed from then on", () => {
  const { lines } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0))],
      [2000, live("pi-1", farewell(A))],
      [3000, link(false)],
      [10_000, link(true)],
      [10_001, retained("pi-1", birth(B))],
    ],
    untilMs: 120_000,
  });
  assert.deepEqual(lines.slice(2), [
    "2s pi-1 alive->left (stop)",
    "3s blind (no_connection)",
    "10.001s pi-1 left->unknown (birth)",
    "10.002s visible",
    "20.002s pi-1 unknown->dead (not_heard)",
  ]);
});

Deno.test("a node that left and was started unseen is alive with its first heartbeat", () => {
  const { lines, played } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 100_000 }),
      [100_500, live("pi-1", farewell(A))],
      [101_000, link(false)],
      [110_000, link(true)],
      [110_001, retained("pi-1", birth(B))],
      // Its numbers start from 0, far below those of the previous session.
      ...beats("pi-1", { session: B, fromMs: 110_500, toMs: 150_500, seq: 3 }),
    ],
    untilMs: 151_000,
  });
  assert.deepEqual(deathsOf(played), []);
  assert.equal(lines.at(-1), "110.5s pi-1 unknown->alive (heartbeat)");
});

Deno.test("a farewell that the broker lost with its disk brings no node back", () => {
  const { lines } = playCluster({
    notes: [
      [1, retained("pi-1", farewell(A))],
      [3000, link(false)],
      [10_000, link(true)],
      [10_001, retained("pi-1", birth(A))],
    ],
    untilMs: 120_000,
  });
  assert.deepEqual(transitionsOf(lines), ["0.001s pi-1 unknown->left (stop)"]);
});

Deno.test("a retained birth of a session that is long over brings no node back", () => {
  const { lines } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0))],
      [2000, live("pi-1", birth(B))],
      [3000, live("pi-1", farewell(B))],
      [4000, link(false)],
      [10_000, link(true)],
      // The broker crashed, and had written its disk before the restart.
      [10_001, retained("pi-1", birth(A))],
    ],
    untilMs: 120_000,
  });
  assert.deepEqual(transitionsOf(lines), [
    "1s pi-1 unknown->alive (heartbeat)",
    "3s pi-1 alive->left (stop)",
  ]);
});

Deno.test("a node that is born again after its farewell is watched, even in the same session", () => {
  const { lines } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0))],
      [2000, live("pi-1", farewell(A))],
      [9000, live("pi-1", birth(A))],
      [10_000, live("pi-1", heartbeat(A, 1))],
    ],
    untilMs: 12_500,
  });
  assert.deepEqual(lines.slice(2), [
    "2s pi-1 alive->left (stop)",
    "9s pi-1 left->alive (birth)",
  ]);
});

function transitionsOf(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.includes("->"));
}
