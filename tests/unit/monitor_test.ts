/** The hub's machine: what it hears becomes what people are told, in the same step. */

import assert from "node:assert/strict";
import { type ClusterInput, newCluster } from "../../core/cluster.ts";
import { newNode } from "../../core/node_state.ts";
import { monitorMachine, type MonitorOutput } from "../../core/monitor.ts";
import { newPolicy, type OpenDeath, type Rules } from "../../core/policy.ts";
import {
  beats,
  birth,
  brokerAnswer,
  farewell,
  link,
  live,
  OBSERVER,
  retained,
  TIMING,
} from "../support/cluster_score.ts";
import { openDeath, RULES } from "../support/policy_score.ts";
import { type Note, play, type Played } from "../support/score.ts";
import { linesOfKind } from "../support/score_lines.ts";

const TWENTY = Array.from({ length: 20 }, (_, index) => `pi-${index + 1}`);
const AT_ONCE: Partial<Rules> = { holdMs: 0, groupMs: 0 };

interface MonitorScore {
  readonly notes: readonly Note<ClusterInput>[];
  readonly untilMs: number;
  readonly expected?: readonly string[];
  readonly open?: readonly OpenDeath[];
  readonly rules?: Partial<Rules>;
}

function playMonitor(score: MonitorScore): readonly Played<MonitorOutput>[] {
  const { notes, untilMs, expected = [], open = [], rules } = score;
  const machine = monitorMachine({ timing: TIMING, observer: OBSERVER }, { ...RULES, ...rules });
  const state = {
    cluster: newCluster(expected.map((id) => newNode(id, 0, true))),
    policy: newPolicy(open),
  };
  return play(machine, state, {
    notes: [[0, link(true)], ...notes],
    untilMs,
    answer: brokerAnswer(),
  });
}

function alerts(score: MonitorScore): readonly string[] {
  return linesOfKind(playMonitor(score), "alert", "still_told");
}

Deno.test("a death and a recovery become two messages in the name that people know", () => {
  const lines = alerts({
    notes: [
      [500, live("pi-1", birth("pi-1-a", { name: "John Snow" }))],
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      ...beats("pi-1", { fromMs: 100_000, toMs: 120_000, seq: 100 }),
    ],
    untilMs: 120_000,
  });
  assert.deepEqual(lines, [
    "30s alert down: John Snow since 15s",
    "105s alert back: John Snow alive after 85s",
  ]);
});

Deno.test("without hold and group a death and its message are one step", () => {
  const played = playMonitor({
    notes: beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
    rules: AT_ONCE,
    untilMs: 16_000,
  });
  assert.deepEqual(played.slice(-2).map(({ atMs, output }) => [atMs, output.kind]), [
    [15_002, "transition"],
    [15_002, "alert"],
  ]);
});

Deno.test("deaths that are found in one step are one message, whatever the rules", () => {
  for (const rules of [RULES, AT_ONCE]) {
    const lines = alerts({ expected: TWENTY, notes: [], rules, untilMs: 60_000 });
    assert.equal(lines.length, 1, lines.join("\n"));
  }
});

Deno.test("deaths that a killed hub had not told yet are one message of the next hub", () => {
  const lines = alerts({
    expected: TWENTY,
    open: TWENTY.map((id) => openDeath(id)),
    notes: [],
    untilMs: 60_000,
  });
  assert.equal(lines.length, 1, lines.join("\n"));
});

Deno.test("a death that a killed hub had told is not told again, its recovery is", () => {
  const lines = alerts({
    expected: ["pi-1"],
    open: [openDeath("pi-1", { told: true })],
    notes: beats("pi-1", { fromMs: 50_000, toMs: 60_000 }),
    untilMs: 60_000,
  });
  assert.deepEqual(lines, ["10.002s pi-1 still told", "55s alert back: pi-1 alive after 110s"]);
});

Deno.test("nobody is told of a node that is known from a retained message alone", () => {
  const lines = alerts({
    notes: [[1, retained("pi-1", birth("pi-1-a", { name: "Long Gone" }))]],
    untilMs: 600_000,
  });
  assert.deepEqual(lines, []);
});

Deno.test("nobody is told of a node that is stopped on purpose, or is removed", () => {
  const lines = alerts({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [10_500, live("pi-1", farewell("pi-1-a"))],
      ...beats("pi-2", { fromMs: 1000, toMs: 10_000 }),
      [20_000, { kind: "revoked", node: "pi-2" }],
    ],
    untilMs: 600_000,
  });
  assert.deepEqual(lines, []);
});

Deno.test("a broker restart in the middle of a hold starts the hold anew", () => {
  const lines = alerts({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [20_000, link(false)],
      [30_000, link(true)],
    ],
    untilMs: 600_000,
  });
  assert.deepEqual(lines, ["45.002s alert down: pi-1 since 15s"]);
});
