/** The echo barrier and the blindness of an observer: no verdict without a broker that answers. */

import assert from "node:assert/strict";
import type { ClusterInput } from "../../../core/detection/cluster_state.ts";
import {
  allBeat,
  beats,
  birth,
  echo,
  heartbeat,
  lastWill,
  link,
  live,
  playCluster,
  TWENTY,
} from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";
import { deathsOf, linesOfKind } from "../../support/detection/score_lines.ts";

const ALIVE: ReadonlySet<string> = new Set(["alive"]);

Deno.test("a heartbeat that stands before the echo prevents the verdict", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      // Due at 15 s. The echo is pending from then until 15.3 s.
      [15_200, live("pi-1", heartbeat("pi-1-a", 10))],
    ],
    roundTrip: () => 300,
    untilMs: 16_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13s pi-1 alive->suspect (silence)",
    "15.2s pi-1 suspect->alive (heartbeat)",
  ]);
});

Deno.test("an echo unanswered for 2 s makes the observer blind, and no deadline runs", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      ...beats("pi-1", { fromMs: 41_000, toMs: 50_000, seq: 40 }),
    ],
    // The broker answers nothing from 10.5 s to 40 s, not even echoes from that time.
    roundTrip: (sentMs) => sentMs > 10_500 && sentMs < 40_000 ? undefined : 2,
    untilMs: 50_000,
  });
  assert.deepEqual(
    lines.slice(2),
    [
      "13s pi-1 alive->suspect (silence)",
      "17s blind (no_echo)",
      "41.002s visible",
      "41s pi-1 suspect->alive (heartbeat)",
    ].sort(byInstant),
  );
});

Deno.test("no node becomes suspect while the observer is blind", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 8000 }),
      ...beats("pi-1", { fromMs: 20_500, toMs: 30_000, seq: 20 }),
    ],
    // Sent at 5 s, at 7 s when that one is overdue, and so on.
    roundTrip: (sentMs) => sentMs > 4000 && sentMs < 20_000 ? undefined : 2,
    untilMs: 30_000,
  });
  assert.deepEqual(lines.slice(2), ["7s blind (no_echo)", "21.002s visible"]);
});

Deno.test("a newer echo replaces a lost one as proof", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      ...beats("pi-2", { fromMs: 1500, toMs: 10_500 }),
    ],
    roundTrip: (sentMs) => sentMs === 15_000 ? undefined : 2,
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(5), [
    "15s pi-1 suspect->dead (silence)",
    "15.5s pi-2 suspect->dead (silence)",
  ]);
});

Deno.test("all deadlines restart when the observer sees again", () => {
  const { lines } = playCluster({
    notes: beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
    roundTrip: (sentMs) => sentMs > 10_500 && sentMs < 40_000 ? undefined : 2,
    untilMs: 120_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13s pi-1 alive->suspect (silence)",
    "17s blind (no_echo)",
    "41.002s visible",
    "48.002s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("a lost echo costs no verdict when the next one is answered", () => {
  const { lines } = playCluster({
    notes: beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
    roundTrip: (sentMs) => sentMs === 15_000 ? undefined : 2,
    untilMs: 120_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13s pi-1 alive->suspect (silence)",
    "17s blind (no_echo)",
    "17.002s visible",
    "22.002s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("a slow echo proves nothing and is sent again", () => {
  const { lines, played } = playCluster({
    notes: beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
    roundTrip: (sentMs) => sentMs === 15_000 ? 1500 : 2,
    untilMs: 120_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13s pi-1 alive->suspect (silence)",
    "15s pi-1 suspect->dead (silence)",
  ]);
  const diedMs = played.find(({ output }) => output.kind === "transition" && output.to === "dead");
  assert.equal(diedMs?.atMs, 16_502);
});

Deno.test("a heartbeat behind a slow echo still prevents the verdict", () => {
  const { played } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      // The broker stalled: the echo came before a heartbeat that was unread in another socket.
      ...beats("pi-1", { fromMs: 16_501, toMs: 30_000, seq: 11 }),
    ],
    roundTrip: (sentMs) => sentMs === 15_000 ? 1500 : 2,
    untilMs: 30_000,
  });
  assert.deepEqual(deathsOf(played), []);
});

Deno.test("a path that stays slow makes the observer blind until an echo is quick again", () => {
  const { lines } = playCluster({
    notes: beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
    roundTrip: (sentMs) => sentMs >= 14_000 && sentMs < 40_000 ? 1200 : 2,
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13s pi-1 alive->suspect (silence)",
    "18.6s blind (no_echo)",
    "40.202s visible",
    "47.202s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("a verdict that a heartbeat cancelled stays cancelled when a slow echo is sent again", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [15_500, live("pi-1", heartbeat("pi-1-a", 10))],
    ],
    roundTrip: (sentMs) => sentMs === 15_000 ? 1500 : 2,
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "13s pi-1 alive->suspect (silence)",
    "15.5s pi-1 suspect->alive (heartbeat)",
    "18.5s pi-1 alive->suspect (silence)",
    "20.5s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("another observer's echo and an unknown echo prove nothing", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [15_001, echo(4, { observer: "somebody-else" })],
      [15_002, echo(99)],
      // A correct echo on the topic of another observer: that path may work although ours does not.
      [15_003, echo(4, { node: "pi-2" })],
      [15_004, echo(5, { node: "pi-2" })],
    ],
    roundTrip: (sentMs) => sentMs >= 15_000 ? undefined : 2,
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), ["13s pi-1 alive->suspect (silence)", "17s blind (no_echo)"]);
});

Deno.test("a broker restart with all last wills, 10 s of absence and reconnection declares no node dead", () => {
  const wills = TWENTY.map((id) => [21_000, live(id, lastWill(`${id}-a`))] as const);
  // Each node needs up to two seconds, as its birth announced.
  const returns = TWENTY.flatMap((id, index): Note<ClusterInput>[] => [
    [31_100 + index * 100, live(id, birth(`${id}-a`))],
    ...beats(id, { fromMs: 31_101 + index * 100, toMs: 50_000, seq: 100 }),
  ]);
  for (const salvo of [wills, []]) {
    const { played, state } = playCluster({
      notes: [
        ...allBeat(1000, 20_000),
        ...salvo,
        [21_001, link(false)],
        [31_000, link(true)],
        ...returns,
      ],
      untilMs: 51_000,
    });
    assert.deepEqual(deathsOf(played), []);
    assert.deepEqual(linesOfKind(played, "visibility"), [
      "0.002s visible",
      "21.001s blind (no_connection)",
      "31.002s visible",
    ]);
    assert.deepEqual(new Set([...state.nodes.values()].map((node) => node.liveness)), ALIVE);
  }
});

Deno.test("a node gets the reconnect time that it announced", () => {
  const { lines } = playCluster({
    notes: [
      [500, live("pi-1", birth("pi-1-a", { reconnectMs: 30_000 }))],
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [10_500, link(false)],
      [20_000, link(true)],
      // 32 s after the broker's return.
      ...beats("pi-1", { fromMs: 52_000, toMs: 60_000, seq: 50 }),
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), ["10.5s blind (no_connection)", "20.002s visible"]);
});

Deno.test("nodes that died during the broker's absence are found", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [10_500, link(false)],
      [20_000, link(true)],
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines.slice(2), [
    "10.5s blind (no_connection)",
    "20.002s visible",
    "25.002s pi-1 alive->suspect (silence)",
    "27.002s pi-1 suspect->dead (silence)",
  ]);
});

Deno.test("an echo that is pending when the link is lost decides nothing", () => {
  const { lines } = playCluster({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [15_100, link(false)],
      [15_200, link(true)],
      // An echo from before the loss cannot come back. If it did, it would prove nothing.
      [15_201, echo(5)],
      ...beats("pi-1", { fromMs: 16_000, toMs: 20_000, seq: 20 }),
    ],
    roundTrip: (sentMs) => sentMs === 15_000 ? undefined : 300,
    untilMs: 20_000,
  });
  assert.deepEqual(lines.filter((line) => line.includes("dead")), []);
});

Deno.test("an idle observer sends an echo every 5 s and notices a dead broker by itself", () => {
  const { lines } = playCluster({
    notes: [],
    roundTrip: (sentMs) => sentMs > 60_000 ? undefined : 2,
    untilMs: 120_000,
  });
  assert.deepEqual(lines, ["0.002s visible", "67s blind (no_echo)"]);
});

function byInstant(a: string, b: string): number {
  return parseFloat(a) - parseFloat(b);
}
