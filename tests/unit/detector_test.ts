/** One node before one observer: which evidence, and which silence, makes which liveness. */

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
} from "../support/cluster_score.ts";
import { deathsOf, linesOfKind } from "../support/score_lines.ts";

const A = "session-a";
const B = "session-b";

Deno.test("a heartbeat makes a node alive", () => {
  const { lines } = playCluster({
    notes: [[1000, live("pi-1", heartbeat(A, 0))]],
    untilMs: 2000,
  });
  assert.deepEqual(lines, ["0.002s sees", "1s pi-1 unknown->alive (heartbeat)"]);
});

Deno.test("silence makes a node suspect 2 s and dead 4 s beyond its interval", () => {
  const { lines, played } = playCluster({
    notes: beats("pi-1", { fromMs: 1000, toMs: 20_000 }),
    untilMs: 120_000,
  });
  assert.deepEqual(lines, [
    "0.002s sees",
    "1s pi-1 unknown->alive (heartbeat)",
    "23s pi-1 alive->suspect (silence)",
    "25s pi-1 suspect->dead (silence)",
  ]);
  // The verdict waits for the fence, and is dated by the deadline.
  assert.equal(played.find(({ output }) => deathsOf([{ atMs: 0, output }])[0])?.atMs, 25_002);
});

Deno.test("a transition tells the last sign of life", () => {
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
      // Without a word of the change this would be 0.3 s before the deadline of the old interval.
      [21_000, live("pi-1", heartbeat(A, 2, 500))],
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "23.5s pi-1 alive->suspect (silence)",
    "25.5s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("a repeated or reordered heartbeat is no sign of life", () => {
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
  assert.deepEqual(lines, ["0.002s sees", "1s pi-1 unknown->alive (heartbeat)"]);
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

Deno.test("an agent that is restarted within 2 s raises no alarm", () => {
  const { lines, state } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [10_100, live("pi-1", lastWill(A))],
      [12_000, live("pi-1", birth(B))],
      ...beats("pi-1", { session: B, fromMs: 12_001, toMs: 30_001 }),
    ],
    untilMs: 31_000,
  });
  assert.deepEqual(lines.slice(2), [
    "10.1s pi-1 alive->suspect (last_will)",
    "12s pi-1 suspect->alive (birth)",
  ]);
  assert.equal(state.nodes.get("pi-1")?.restarts, 1);
});

Deno.test("a last will of an earlier session changes nothing", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [10_500, live("pi-1", birth(B))],
      [10_600, live("pi-1", lastWill(A))],
      [10_700, live("pi-1", lastWill("session-never-heard"))],
      ...beats("pi-1", { session: B, fromMs: 10_501, toMs: 30_501 }),
    ],
    untilMs: 31_000,
  });
  assert.deepEqual(lines, ["0.002s sees", "1s pi-1 unknown->alive (heartbeat)"]);
});

Deno.test("late heartbeats of an earlier session prove nothing", () => {
  const { lines, state } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [10_500, live("pi-1", birth(B))],
      // In a buffer since before the restart.
      [11_000, live("pi-1", heartbeat(A, 10))],
      [12_000, live("pi-1", heartbeat(A, 11))],
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13.5s pi-1 alive->suspect (silence)",
    "15.5s pi-1 suspect->dead (silence)",
  ]);
  assert.equal(state.nodes.get("pi-1")?.session, B);
});

Deno.test("a dead node comes back with its heartbeat, in the same session or a new one", () => {
  const { lines } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0))],
      [20_000, live("pi-1", heartbeat(A, 15))],
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

Deno.test("a dead node's last will, as a broker tells it late, changes nothing", () => {
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
    assert.deepEqual(lines, ["0.002s sees"], message.kind);
    assert.equal(state.nodes.get("pi-1")?.liveness, "unknown");
    assert.equal(state.nodes.get("pi-1")?.lastHeardMs, undefined);
  }
});

Deno.test("a retained last will leaves a living node alone", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [5500, retained("pi-1", lastWill(A))],
      [5600, retained("pi-1", birth("session-of-last-week"))],
    ],
    untilMs: 11_000,
  });
  assert.deepEqual(lines, ["0.002s sees", "1s pi-1 unknown->alive (heartbeat)"]);
});

Deno.test("a retained birth of the current session tells the name", () => {
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
  assert.deepEqual(lines.slice(2), ["10.1s pi-1 alive->left (farewell)"]);
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
    "2s pi-1 alive->left (farewell)",
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
  assert.equal(suspect.lines.at(-1), "5s pi-1 suspect->left (farewell)");
  const dead = playCluster({
    notes: [[1000, live("pi-1", heartbeat(A, 0))], [9000, live("pi-1", farewell(A))]],
    untilMs: 60_000,
  });
  assert.equal(dead.lines.at(-1), "9s pi-1 dead->left (farewell)");
});

Deno.test("a farewell while the verdict waits for its fence prevents the death", () => {
  const { played } = playCluster({
    notes: [[1000, live("pi-1", heartbeat(A, 0))], [6050, live("pi-1", farewell(A))]],
    roundTrip: () => 200,
    untilMs: 60_000,
  });
  assert.deepEqual(deathsOf(played), []);
});

Deno.test("a retained farewell tells that a node is stopped, and no observer misses it", () => {
  const { lines } = playCluster({
    expected: ["pi-1"],
    notes: [[1, retained("pi-1", farewell(A))]],
    untilMs: 120_000,
  });
  assert.deepEqual(lines, ["0.001s pi-1 unknown->left (farewell)", "0.002s sees"]);
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
  assert.deepEqual(lines, ["0.002s sees", "1s pi-1 unknown->alive (heartbeat)"]);
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
    "2s pi-1 alive->left (farewell)",
    "3s blind (no_connection)",
    "10.001s pi-1 left->unknown (birth)",
    "10.002s sees",
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
      // Its numbers start from 0 and are far below those of the session before.
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
  assert.deepEqual(transitionsOf(lines), ["0.001s pi-1 unknown->left (farewell)"]);
});

Deno.test("a retained birth of a session that is long over brings no node back", () => {
  const { lines } = playCluster({
    notes: [
      [1000, live("pi-1", heartbeat(A, 0))],
      [2000, live("pi-1", birth(B))],
      [3000, live("pi-1", farewell(B))],
      [4000, link(false)],
      [10_000, link(true)],
      // The broker crashed and had written its disk before the restart.
      [10_001, retained("pi-1", birth(A))],
    ],
    untilMs: 120_000,
  });
  assert.deepEqual(transitionsOf(lines), [
    "1s pi-1 unknown->alive (heartbeat)",
    "3s pi-1 alive->left (farewell)",
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
    "2s pi-1 alive->left (farewell)",
    "9s pi-1 left->alive (birth)",
  ]);
});

Deno.test("a node that restarts for ever costs no memory", () => {
  const { state } = playCluster({
    notes: Array.from({ length: 1000 }, (_, index) => [
      index * 1000 + 10,
      live("pi-1", birth(`session-${index}`)),
    ]),
    untilMs: 1_000_000,
  });
  assert.equal(state.nodes.get("pi-1")?.restarts, 999);
  assert.ok((state.nodes.get("pi-1")?.retired.length ?? 99) <= 8);
});

Deno.test("vitals are kept of the current session, and prove nothing", () => {
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

Deno.test("a last will that is read late, after a stall, does not turn time back", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [11_000, live("pi-1", lastWill(A))],
    ],
    stalls: [{ fromMs: 10_500, toMs: 16_000 }],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13s pi-1 alive->suspect (silence)",
    "15s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("two machines of one id are reported once, with both serial numbers", () => {
  const { played } = playCluster({
    notes: [
      [500, live("pi-1", birth(A, { facts: { serial: "aaaa" } }))],
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 30_000 }),
      [1500, live("pi-1", birth(B, { facts: { serial: "bbbb" } }))],
      ...beats("pi-1", { session: B, fromMs: 1500, toMs: 120_000 }),
    ],
    untilMs: 119_000,
  });
  assert.deepEqual(deathsOf(played), []);
  assert.deepEqual(linesOfKind(played, "rivals"), [
    "5s pi-1 rivals: bbbb, aaaa",
    "90s pi-1 has no rival",
  ]);
});

Deno.test("two machines are reported anew when their node was removed and is back", () => {
  const { played } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 30_000 }),
      ...beats("pi-1", { session: B, fromMs: 1500, toMs: 30_500 }),
      [15_000, { kind: "forgotten", node: "pi-1" }],
    ],
    untilMs: 31_000,
  });
  assert.deepEqual(linesOfKind(played, "rivals").map((line) => line.split(" ")[0]), [
    "5s",
    "19.5s",
  ]);
});

Deno.test("two machines that throw each other off the broker are reported once", () => {
  const takeovers = Array.from({ length: 20 }, (_, index) => {
    const [session, other, serial] = index % 2 === 0 ? [A, B, "aaaa"] : [B, A, "bbbb"];
    const atMs = 1000 + index * 1500;
    return [
      [atMs, live("pi-1", lastWill(other))],
      [atMs + 1, live("pi-1", birth(session, { facts: { serial } }))],
      [atMs + 2, live("pi-1", heartbeat(session, index))],
      [atMs + 1002, live("pi-1", heartbeat(session, index + 1))],
    ] as const;
  }).flat();
  const { played } = playCluster({ notes: takeovers, untilMs: 31_000 });
  assert.deepEqual(deathsOf(played), []);
  assert.deepEqual(linesOfKind(played, "rivals"), ["7.001s pi-1 rivals: aaaa, bbbb"]);
});

Deno.test("a restart makes no rival, even with traffic of the old session right after", () => {
  const { played } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 5000 }),
      [5200, live("pi-1", birth(B))],
      [5300, live("pi-1", heartbeat(A, 5))],
      [5400, live("pi-1", heartbeat(A, 6))],
      ...beats("pi-1", { session: B, fromMs: 5201, toMs: 30_201 }),
      [20_000, live("pi-1", heartbeat(A, 6))],
    ],
    untilMs: 31_000,
  });
  assert.deepEqual(linesOfKind(played, "rivals"), []);
});

Deno.test("of two machines the one that stays is watched when the other has left or died", () => {
  for (const end of [[farewell(B)], []]) {
    const { lines, state } = playCluster({
      notes: [
        ...beats("pi-1", { session: A, fromMs: 1000, toMs: 60_000 }),
        [1500, live("pi-1", birth(B))],
        ...beats("pi-1", { session: B, fromMs: 1500, toMs: 20_500 }),
        ...end.map((message) => [20_600, live("pi-1", message)] as const),
      ],
      untilMs: 120_000,
    });
    assert.equal(state.nodes.get("pi-1")?.session, A);
    assert.equal(lines.includes("65s pi-1 suspect->dead (silence)"), true, lines.join("\n"));
  }
});

function transitionsOf(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.includes("->"));
}
