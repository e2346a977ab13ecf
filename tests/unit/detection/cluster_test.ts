/** All nodes of one observer: which are watched, and what that costs. */

import assert from "node:assert/strict";
import { clusterMachine } from "../../../core/detection/cluster.ts";
import {
  type ClusterInput,
  type ClusterState,
  isAlertable,
  newCluster,
} from "../../../core/detection/cluster_state.ts";
import { newNode } from "../../../core/detection/node_state.ts";
import { NODES_MAX } from "../../../core/protocol/wire.ts";
import {
  allBeat,
  beats,
  birth,
  echo,
  farewell,
  heartbeat,
  link,
  live,
  OBSERVER,
  playCluster,
  retained,
  TIMING,
  TWENTY,
} from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import { deathsOf, linesOfKind } from "../../support/detection/score_lines.ts";

Deno.test("twenty nodes that disappear at once are all found within 5.2 s", () => {
  const { played } = playCluster({ notes: allBeat(1000, 20_000), untilMs: 60_000 });
  const died = played.filter(({ output }) => output.kind === "transition" && output.to === "dead");
  assert.equal(died.length, 20);
  // The first one goes silent at 20.04 s at the earliest.
  assert.ok(died.every(({ atMs }) => atMs <= 20_760 + 5200));
  assert.deepEqual(new Set(deathsOf(played)), new Set(TWENTY));
});

Deno.test("one echo serves all nodes that are due at once", () => {
  const { played } = playCluster({
    expected: TWENTY,
    notes: [],
    untilMs: 15_000,
  });
  assert.equal(deathsOf(played).length, 20);
  const echoes = played.filter(({ output }) => output.kind === "send_echo");
  // At 0 s, at 5.000 s, at 10 s and at 10.002 s for the verdicts.
  assert.ok(echoes.length <= 5, `${echoes.length} echoes`);
});

Deno.test("a named node that is never heard is dead after its grace", () => {
  const { lines } = playCluster({ expected: ["pi-1"], notes: [], untilMs: 60_000 });
  assert.deepEqual(lines, ["0.002s visible", "10.002s pi-1 unknown->dead (not_heard)"]);
});

Deno.test("the grace begins when the observer sees, not at the start", () => {
  const { lines } = playCluster({
    expected: ["pi-1"],
    notes: [[1, link(false)], [100_000, link(true)]],
    untilMs: 200_000,
  });
  assert.deepEqual(lines, ["100.002s visible", "110.002s pi-1 unknown->dead (not_heard)"]);
});

Deno.test("the grace respects an interval that is announced by a retained birth", () => {
  const slow = birth("pi-1-a", { everyMs: 30_000 });
  // Some brokers send retained messages before the first echo, some after it.
  for (const atMs of [1, 50]) {
    for (const expected of [["pi-1"], []]) {
      const { lines } = playCluster({
        expected,
        notes: [[atMs, retained("pi-1", slow)], [
          29_000,
          live("pi-1", heartbeat("pi-1-a", 7, 30_000)),
        ]],
        untilMs: 30_000,
      });
      assert.deepEqual(lines, ["0.002s visible", "29s pi-1 unknown->alive (heartbeat)"]);
    }
  }
});

Deno.test("the death of a node that is known only from a retained message is not alertable", () => {
  const { lines, played, state } = playCluster({
    expected: ["pi-2"],
    notes: [[1, retained("pi-1", birth("pi-1-a"))]],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.filter((line) => line.includes("pi-1")), [
    "10.002s pi-1 unknown->dead (not_heard)",
  ]);
  const news = played.flatMap(({ output }) =>
    output.kind === "transition" && isAlertable(state, output) ? [output.node] : []
  );
  assert.deepEqual(news, ["pi-2"]);
});

Deno.test("the death of a node that was heard once is alertable", () => {
  const { played, state } = playCluster({
    notes: [[1, retained("pi-1", birth("pi-1-a"))], [1000, live("pi-1", heartbeat("pi-1-a", 9))]],
    untilMs: 60_000,
  });
  const news = played.filter(({ output }) =>
    output.kind === "transition" && output.to === "dead" && isAlertable(state, output)
  );
  assert.equal(news.length, 1);
});

Deno.test("a revoked node is not watched until it is enrolled again", () => {
  const { lines, state } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 20_000 }),
      [5500, { kind: "revoked", node: "pi-1" }],
      [12_500, { kind: "enrolled", node: "pi-1" }],
      [15_500, { kind: "revoked", node: "pi-1" }],
    ],
    untilMs: 120_000,
  });
  assert.deepEqual(lines.slice(1), [
    "1s pi-1 unknown->alive (heartbeat)",
    "5.5s pi-1 removed",
    "13s pi-1 unknown->alive (heartbeat)",
    "15.5s pi-1 removed",
  ]);
  assert.equal(state.nodes.size, 0);
});

Deno.test("a node whose retained status is deleted is forgotten until it sends again", () => {
  const { lines } = playCluster({
    expected: ["pi-2"],
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 4000 }),
      [5500, { kind: "forgotten", node: "pi-1" }],
      [5600, { kind: "forgotten", node: "pi-1" }],
      [5700, { kind: "forgotten", node: "pi-2" }],
      [9000, live("pi-1", heartbeat("pi-1-a", 8))],
    ],
    untilMs: 10_000,
  });
  assert.deepEqual(lines.slice(2), [
    "5.5s pi-1 removed",
    "5.7s pi-2 removed",
    "9s pi-1 unknown->alive (heartbeat)",
  ]);
});

Deno.test("a node that is removed while its echo is pending does not die", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [15_001, { kind: "revoked", node: "pi-1" }],
    ],
    untilMs: 60_000,
  });
  assert.equal(lines.at(-1), "15.001s pi-1 removed");
});

Deno.test("an observer does not watch itself", () => {
  const { lines, state } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [2000, retained("pi-1", birth("pi-1-a"))],
    ],
    options: { self: "pi-1" },
    untilMs: 60_000,
  });
  assert.deepEqual(lines, ["0.002s visible"]);
  assert.equal(state.nodes.size, 0);
});

Deno.test("an observer with a list of nodes watches no others", () => {
  const { lines } = playCluster({
    expected: ["pi-1"],
    notes: [
      [1000, live("pi-1", heartbeat("a", 0))],
      [1000, live("pi-2", heartbeat("b", 0))],
      [1000, live("pi-3", farewell("c"))],
    ],
    options: { only: ["pi-1"] },
    untilMs: 3000,
  });
  assert.deepEqual(lines, ["0.002s visible", "1s pi-1 unknown->alive (heartbeat)"]);
});

Deno.test("invented ids beyond the limit are refused, reported once, and do not affect known nodes", () => {
  const madeUp = Array.from({ length: NODES_MAX + 5000 }, (_, index): Note<ClusterInput> => [
    2000 + index,
    live(`made-up-${index}`, heartbeat("x", 0, 60_000)),
  ]);
  const { played, state } = playCluster({
    notes: [...beats("pi-1", { fromMs: 1000, toMs: 14_000 }), ...madeUp],
    untilMs: 60_000,
  });
  assert.equal(state.nodes.size, NODES_MAX);
  assert.deepEqual(linesOfKind(played, "node_refused"), [
    `${(2000 + NODES_MAX - 1) / 1000}s made-up-${NODES_MAX - 1} refused (full)`,
  ]);
  assert.deepEqual(deathsOf(played), ["pi-1"]);
});

Deno.test("an id that equals a command word is refused and reported once, unless it is known", () => {
  const { played, state } = playCluster({
    expected: ["off"],
    notes: ["all", "off", "2h", "-h"].flatMap((id) => beats(id, { fromMs: 1000, toMs: 9000 })),
    untilMs: 20_000,
  });
  assert.deepEqual([...state.nodes.keys()], ["off"]);
  assert.deepEqual(linesOfKind(played, "node_refused"), [
    "1s all refused (reserved)",
    "1s 2h refused (reserved)",
    "1s -h refused (reserved)",
  ]);
  assert.deepEqual(deathsOf(played), ["off"]);
});

Deno.test("a heartbeat of one of 20,000 nodes accesses no other node", () => {
  const machine = clusterMachine({ timing: TIMING, observer: OBSERVER });
  const state = newCluster([]);
  machine.step(state, link(true), 0);
  machine.step(state, echo(1), 2);
  const ids = Array.from({ length: NODES_MAX }, (_, index) => `pi-${index}`);
  ids.forEach((id) => machine.step(state, live(id, heartbeat("a", 0, 60_000)), 3));
  const watched = countLooks(state);
  for (let seq = 1; seq <= 10; seq++) {
    machine.step(state, live("pi-42", heartbeat("a", seq, 60_000)), 3 + seq);
    machine.deadlineMs(state);
  }
  // A few accesses for each heartbeat, all to the node that sent it.
  assert.ok(watched.looks > 0 && watched.looks <= 100, `${watched.looks} looks`);
  assert.deepEqual([...watched.ids], ["pi-42"]);
});

/** Counts accesses to nodes, and forbids an iteration over all nodes. */
function countLooks({ nodes }: ClusterState): { looks: number; readonly ids: Set<string> } {
  const watched = { looks: 0, ids: new Set<string>() };
  const get = nodes.get.bind(nodes);
  nodes.get = (id) => {
    watched.looks++;
    watched.ids.add(id);
    return get(id);
  };
  const forbidden = (): never => {
    throw new Error("A heartbeat walks through all nodes");
  };
  Object.assign(nodes, { values: forbidden, entries: forbidden, keys: forbidden });
  Object.assign(nodes, { forEach: forbidden, [Symbol.iterator]: forbidden });
  return watched;
}

Deno.test("the machine sleeps while 20,000 healthy nodes heartbeat", () => {
  const machine = clusterMachine({ timing: TIMING, observer: OBSERVER });
  const nodes = Array.from({ length: NODES_MAX }, (_, index) => newNode(`pi-${index}`, 0, true));
  const state = newCluster(nodes);
  machine.step(state, link(true), 0);
  machine.step(state, echo(1), 2);
  let ticks = 0;
  for (let nowMs = 1000; nowMs <= 10_000; nowMs += 1000) {
    for (const { id } of nodes) machine.step(state, live(id, heartbeat("a", nowMs / 1000)), nowMs);
    while (machine.deadlineMs(state) <= nowMs) {
      const [, outputs] = machine.step(state, { kind: "tick" }, nowMs);
      for (const output of outputs) {
        if (output.kind === "send_echo") machine.step(state, echo(output.seq), nowMs);
      }
      ticks++;
    }
  }
  // Echoes every 5 s. Deadlines that have moved are checked at most once in 3 s each.
  assert.ok(ticks < 20, `${ticks} ticks`);
});
