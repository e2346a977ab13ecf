/** Restarts, late messages of past sessions, and two machines with one id. */

import assert from "node:assert/strict";
import {
  beats,
  birth,
  farewell,
  heartbeat,
  lastWill,
  live,
  playCluster,
} from "../../support/detection/cluster_score.ts";
import { deathsOf, linesOfKind } from "../../support/detection/score_lines.ts";

const A = "session-a";
const B = "session-b";

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

Deno.test("a name in a heartbeat counts until a birth of its session is heard, vitals always do", () => {
  const vitals = { cpu: { value: 7, level: "ok" } } as const;
  const said = (session: string, seq: number, name: string) =>
    live("pi-1", { ...heartbeat(session, seq), name, vitals });
  const nameAfter = (notes: Parameters<typeof playCluster>[0]["notes"]) => {
    const node = playCluster({ notes, untilMs: 5000 }).state.nodes.get("pi-1");
    assert.deepEqual(node?.vitals, vitals);
    return node?.name;
  };
  assert.equal(nameAfter([[1000, said(A, 0, "Arya")]]), "Arya");
  const known = [1000, live("pi-1", birth(A, { name: "Arya" }))] as const;
  assert.equal(nameAfter([known, [2000, said(A, 0, "Bran")]]), "Arya");
  assert.equal(nameAfter([known, [2000, said(B, 0, "Bran")]]), "Bran");
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
  assert.deepEqual(lines, ["0.002s visible", "1s pi-1 unknown->alive (heartbeat)"]);
});

Deno.test("late heartbeats of an earlier session prove nothing", () => {
  const { lines, state } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 10_000 }),
      [10_500, live("pi-1", birth(B))],
      // Buffered since before the restart.
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

Deno.test("a node that restarts again and again uses bounded memory", () => {
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

Deno.test("two machines with one id are reported once, with both serial numbers", () => {
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
  assert.deepEqual(linesOfKind(played, "duplicate_id"), [
    "5s pi-1 duplicate id: bbbb, aaaa",
    "90s pi-1 has no rival",
  ]);
});

Deno.test("two machines are reported again when their node was removed and is back", () => {
  const { played } = playCluster({
    notes: [
      ...beats("pi-1", { session: A, fromMs: 1000, toMs: 30_000 }),
      ...beats("pi-1", { session: B, fromMs: 1500, toMs: 30_500 }),
      [15_000, { kind: "forgotten", node: "pi-1" }],
    ],
    untilMs: 31_000,
  });
  assert.deepEqual(linesOfKind(played, "duplicate_id").map((line) => line.split(" ")[0]), [
    "5s",
    "19.5s",
  ]);
});

Deno.test("two machines that disconnect each other from the broker are reported once", () => {
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
  assert.deepEqual(linesOfKind(played, "duplicate_id"), ["7.001s pi-1 duplicate id: aaaa, bbbb"]);
});

Deno.test("a restart is not a duplicate id, even with messages of the old session right after it", () => {
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
  assert.deepEqual(linesOfKind(played, "duplicate_id"), []);
});

Deno.test("when one of two machines has left or died, the other one is watched", () => {
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
