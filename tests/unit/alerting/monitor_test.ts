/** The hub's machine: what it hears becomes what people are told, in the same step. */

import assert from "node:assert/strict";
import {
  type MonitorInput,
  monitorMachine,
  type MonitorOutput,
} from "../../../core/alerting/policy/monitor.ts";
import type { OpenIncident, Rules } from "../../../core/alerting/policy/policy_state.ts";
import { newCluster } from "../../../core/detection/cluster_state.ts";
import { newNode } from "../../../core/detection/node_state.ts";
import { alertLine } from "../../support/alerting/alert_line.ts";
import {
  maintain,
  openDeath,
  routeTo,
  RULES,
  startOf,
} from "../../support/alerting/policy_score.ts";
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
  TWENTY,
} from "../../support/detection/cluster_score.ts";
import { type Note, play, type Played } from "../../support/detection/score.ts";

const AT_ONCE: Partial<Rules> = { groupMs: 0, routes: [routeTo("sms", { holdMs: 0 })] };

interface MonitorScore {
  readonly notes: readonly Note<MonitorInput>[];
  readonly untilMs: number;
  readonly expected?: readonly string[];
  readonly open?: readonly OpenIncident[];
  readonly rules?: Partial<Rules>;
}

function playMonitor(score: MonitorScore): readonly Played<MonitorOutput>[] {
  const { notes, untilMs, expected = [], open = [] } = score;
  const rules = { ...RULES, ...score.rules };
  const machine = monitorMachine({ timing: TIMING, observer: OBSERVER }, rules);
  const state = {
    cluster: newCluster(expected.map((id) => newNode(id, 0, true))),
    policy: startOf(rules, { open }),
  };
  return play(machine, state, {
    notes: [[0, link(true)], ...notes],
    untilMs,
    answer: brokerAnswer(),
  });
}

function alerts(score: MonitorScore): readonly string[] {
  return playMonitor(score).flatMap(({ output }) =>
    output.kind === "alert" ? [alertLine(output)] : []
  );
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
    "30s sms (twilio): down John Snow since 15s",
    "105s sms (twilio): recovered John Snow 15s to 100s now alive",
  ]);
});

Deno.test("the name that the user gave is told, also of what is open, until he takes it back", () => {
  const rename = (name: string | undefined) => ({ kind: "renamed", node: "pi-1", name }) as const;
  const lines = alerts({
    notes: [
      [500, live("pi-1", birth("pi-1-a", { name: "John Snow" }))],
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [20_000, rename("Jon")],
      [20_000, rename("Attic")],
      [99_000, live("pi-1", birth("pi-1-a", { name: "John Snow" }))],
      ...beats("pi-1", { fromMs: 100_000, toMs: 120_000, seq: 100 }),
      [121_000, rename(undefined)],
    ],
    untilMs: 160_000,
  });
  assert.deepEqual(lines.map((line) => line.replace(/ since.*| \d+s to.*/, "")), [
    "30s sms (twilio): down Attic",
    "104s sms (twilio): recovered Attic",
    "140s sms (twilio): down John Snow",
  ]);
});

Deno.test("a node that takes the name of another one is told by its id, too", () => {
  const lines = alerts({
    notes: [
      [500, live("pi-1", birth("pi-1-a", { name: "John Snow" }))],
      [500, live("pi-7", birth("pi-7-a", { name: "JOHN SNOW" }))],
      ...beats("pi-1", { fromMs: 1000, toMs: 60_000 }),
      ...beats("pi-7", { fromMs: 1000, toMs: 10_000 }),
    ],
    untilMs: 50_000,
  });
  assert.deepEqual(lines, ["30s sms (twilio): down JOHN SNOW (pi-7) since 15s"]);
});

Deno.test("a name for a node that is not known is nobody's", () => {
  const renamed = { kind: "renamed", node: "pi-9", name: "Nobody" } as const;
  const played = playMonitor({ notes: [[500, renamed]], untilMs: 1000 });
  assert.ok(!played.some(({ output }) => output.kind === "renamed"));
});

Deno.test("without hold and group a death and its message are one step", () => {
  const played = playMonitor({
    notes: beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
    rules: AT_ONCE,
    untilMs: 16_000,
  });
  assert.deepEqual(played.slice(-4).map(({ atMs, output }) => [atMs, output.kind]), [
    [15_002, "transition"],
    [15_002, "opened"],
    [15_002, "notification"],
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
    open: [openDeath("pi-1", { told: ["sms"] })],
    notes: beats("pi-1", { fromMs: 50_000, toMs: 60_000 }),
    untilMs: 60_000,
  });
  assert.deepEqual(lines, ["55s sms (twilio): recovered pi-1 -60s to 50s now alive"]);
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
  assert.deepEqual(lines, ["45.002s sms (twilio): down pi-1 since 15s"]);
});

Deno.test("a broker that stays away is one message, and not one for each node", () => {
  const lines = alerts({
    notes: [
      ...TWENTY.flatMap((id) => beats(id, { fromMs: 1000, toMs: 10_000 })),
      [10_500, link(false)],
      [200_000, link(true)],
      ...TWENTY.flatMap((id) => beats(id, { fromMs: 201_000, toMs: 300_000, seq: 100 })),
    ],
    untilMs: 300_000,
  });
  assert.deepEqual(lines, [
    "70.5s sms (twilio): blind since 10.5s",
    "205.002s sms (twilio): sees 10.5s to 200.002s",
  ]);
});

Deno.test("a node that comes back with another boot id is told as rebooted, though it never was dead", () => {
  const facts = (bootId: string) => ({ facts: { boot_id: bootId, serial: "10000000abc" } });
  const lines = alerts({
    notes: [
      [500, live("pi-1", birth("pi-1-a", facts("first")))],
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      [13_000, live("pi-1", birth("pi-1-b", facts("second")))],
      ...beats("pi-1", { session: "pi-1-b", fromMs: 13_500, toMs: 60_000 }),
    ],
    untilMs: 60_000,
  });
  assert.deepEqual(lines, ["18s sms (twilio): rebooted pi-1 back 13s"]);
});

Deno.test("what a person asks for reaches the policy", () => {
  const lines = alerts({
    notes: [
      ...beats("pi-1", { fromMs: 1000, toMs: 10_000 }),
      maintain(11_000, 100_000, "pi-1"),
    ],
    untilMs: 200_000,
  });
  assert.deepEqual(lines, ["100s sms (twilio): down pi-1 since 15s"]);
});
