/** One node and one observer: which evidence and which silence leads to which liveness. */

import assert from "node:assert/strict";
import {
  beats,
  birth,
  heartbeat,
  lastWill,
  live,
  playCluster,
  retained,
} from "../../support/detection/cluster_score.ts";
import { deathsOf } from "../../support/detection/score_lines.ts";

const A = "session-a";
const B = "session-b";

Deno.test("a heartbeat makes a node alive", () => {
  const { lines } = playCluster({
    notes: [[1000, live("pi-1", heartbeat(A, 0))]],
    untilMs: 2000,
  });
  assert.deepEqual(lines, ["0.002s visible", "1s pi-1 unknown->alive (heartbeat)"]);
});

Deno.test("silence makes a node suspect 2 s and dead 4 s beyond its interval", () => {
  const { lines, played } = playCluster({
    notes: beats("pi-1", { fromMs: 1000, toMs: 20_000 }),
    untilMs: 120_000,
  });
  assert.deepEqual(lines, [
    "0.002s visible",
    "1s pi-1 unknown->alive (heartbeat)",
    "23s pi-1 alive->suspect (silence)",
    "25s pi-1 suspect->dead (silence)",
  ]);
  // The verdict waits for the echo, and has the date of the deadline.
  assert.equal(played.find(({ output }) => deathsOf([{ atMs: 0, output }])[0])?.atMs, 25_002);
});

Deno.test("a transition contains the last sign of life", () => {
  const { played } = playCluster({
    expected: ["pi-2"],
    notes: beats("pi-1", { fromMs: 1000, toMs: 3000 }),
    untilMs: 60_000,
  });
  const heard = played.flatMap(({ output }) =>
    output.kind === "transition" ? [[output.node, output.to, output.lastHeardMs]] : []
  );
  assert.deepEqual(heard, [
    ["pi-1", "alive", 1000],
    ["pi-1", "suspect", 3000],
    ["pi-1", "dead", 3000],
    ["pi-2", "dead", undefined],
  ]);
});

Deno.test("the deadlines follow the announced interval, and each change of it at once", () => {
  const { lines } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0, 10_000))],
      [11_000, live("pi-1", heartbeat(A, 1, 10_000))],
      // If the change were unknown, this would be 0.3 s before the deadline of the old interval.
      [21_000, live("pi-1", heartbeat(A, 2, 500))],
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "23.5s pi-1 alive->suspect (silence)",
    "25.5s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("a repeated or reordered heartbeat is not a sign of life", () => {
  const { lines, state } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 5000 }),
      [6000, live("pi-1", heartbeat(A, 4))],
      [7000, live("pi-1", heartbeat(A, 2))],
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "8s pi-1 alive->suspect (silence)",
    "10s pi-1 suspect->dead (silence)",
  ]);
  assert.equal(state.nodes.get("pi-1")?.missed, 0);
});

Deno.test("a gap in the sequence is counted and changes nothing else", () => {
  const { lines, state } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0))],
      [2000, live("pi-1", heartbeat(A, 1))],
      [3000, live("pi-1", heartbeat(A, 4))],
      [4000, live("pi-1", heartbeat(A, 6))],
    ],
    untilMs: 5000,
  });
  assert.deepEqual(lines, ["0.002s visible", "1s pi-1 unknown->alive (heartbeat)"]);
  assert.equal(state.nodes.get("pi-1")?.missed, 3);
});

Deno.test("an observer that joins late counts nothing as missed", () => {
  const { state } = playCluster({
    notes: [[1000, live("pi-1", heartbeat(A, 5000))], [2000, live("pi-1", heartbeat(A, 5001))]],
    untilMs: 3000,
  });
  assert.equal(state.nodes.get("pi-1")?.missed, 0);
});

Deno.test("a backlog that arrives at once counts by its last heartbeat", () => {
  const { lines, state } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 5000 }),
      ...[5, 6, 7, 8].map((seq) => [8500 + seq, live("pi-1", heartbeat(A, seq))] as const),
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "8s pi-1 alive->suspect (silence)",
    "8.505s pi-1 suspect->alive (heartbeat)",
    "11.508s pi-1 alive->suspect (silence)",
    "13.508s pi-1 suspect->dead (silence)",
  ]);
  assert.equal(state.nodes.get("pi-1")?.missed, 0);
});

Deno.test("a last will makes a suspect at once, and 3 s later a death", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [10_100, live("pi-1", lastWill(A))],
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "10.1s pi-1 alive->suspect (last_will)",
    "13.1s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("a last will leaves a slow node the time for its next heartbeat", () => {
  const { lines } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0, 10_000))],
      [1500, live("pi-1", lastWill(A))],
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "1.5s pi-1 alive->suspect (last_will)",
    "12.5s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("a last will never makes a verdict later than silence would", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [13_500, live("pi-1", lastWill(A))],
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13s pi-1 alive->suspect (silence)",
    "15s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("a heartbeat after a last will takes the suspicion back", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [10_100, live("pi-1", lastWill(A))],
      ...beats("pi-1", { session: A, fromMs: 11_000, toMs: 20_000, seq: 10 }),
    ],
    untilMs: 22_000,
  });
  assert.deepEqual(lines.slice(2), [
    "10.1s pi-1 alive->suspect (last_will)",
    "11s pi-1 suspect->alive (heartbeat)",
  ]);
});

Deno.test("a dead node comes back with its heartbeat, in the same session or a new one", () => {
  const { lines } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0))],
      [20_000, live("pi-1", heartbeat(A, 19))],
      [40_000, live("pi-1", birth(B))],
    ],
    untilMs: 41_000,
  });
  assert.deepEqual(lines.slice(2), [
    "4s pi-1 alive->suspect (silence)",
    "6s pi-1 suspect->dead (silence)",
    "20s pi-1 dead->alive (heartbeat)",
    "23s pi-1 alive->suspect (silence)",
    "25s pi-1 suspect->dead (silence)",
    "40s pi-1 dead->alive (birth)",
  ]);
});

Deno.test("a late last will of a dead node changes nothing", () => {
  const { lines } = playCluster({
    notes: [[1000, live("pi-1", heartbeat(A, 0))], [20_000, live("pi-1", lastWill(A))]],
    untilMs: 60_000,
  });
  assert.equal(lines.at(-1), "6s pi-1 suspect->dead (silence)");
});

Deno.test("retained messages name a node and prove nothing about now", () => {
  for (const message of [birth(A, { name: "John Snow" }), lastWill(A), heartbeat(A, 3)]) {
    const { lines, state } = playCluster({
      notes: [[1, retained("pi-1", message)]],
      untilMs: 9000,
    });
    assert.deepEqual(lines, ["0.002s visible"], message.kind);
    assert.equal(state.nodes.get("pi-1")?.liveness, "unknown");
    assert.equal(state.nodes.get("pi-1")?.lastHeardMs, undefined);
  }
});

Deno.test("a retained last will does not change a living node", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [5500, retained("pi-1", lastWill(A))],
      [5600, retained("pi-1", birth("session-of-last-week"))],
    ],
    untilMs: 11_000,
  });
  assert.deepEqual(lines, ["0.002s visible", "1s pi-1 unknown->alive (heartbeat)"]);
});

Deno.test("a retained birth of the current session sets the name", () => {
  const { state } = playCluster({
    notes: [
      [1, retained("pi-1", birth(A, { name: "John Snow", facts: { model: "Pi 5" } }))],
      [1000, live("pi-1", heartbeat(A, 7))],
    ],
    untilMs: 1500,
  });
  assert.equal(state.nodes.get("pi-1")?.name, "John Snow");
  assert.deepEqual(state.nodes.get("pi-1")?.facts, { model: "Pi 5" });
});

Deno.test("vitals of the current session are stored, and prove nothing", () => {
  const vitals = { cpu: { value: 7, level: "ok" } } as const;
  const { lines, state } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0))],
      [2000, live("pi-1", { kind: "vitals", session: A, vitals })],
      [3000, live("pi-1", { kind: "vitals", session: B, vitals: {} })],
      [3500, retained("pi-1", { kind: "vitals", session: A, vitals: {} })],
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(state.nodes.get("pi-1")?.vitals, vitals);
  assert.equal(lines.at(-1), "6s pi-1 suspect->dead (silence)");
});

Deno.test("a last will that is read late does not move time backwards", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [13_700, live("pi-1", lastWill(A))],
    ],
    // The tick of 13 s comes after the will, and too early for a stall.
    lateMs: (deadlineMs) => deadlineMs === 13_000 ? 900 : 0,
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13s pi-1 alive->suspect (silence)",
    "15s pi-1 suspect->dead (silence)",
  ]);
});
