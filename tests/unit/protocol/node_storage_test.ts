/** A living node whose storage fails: what observers, people, LED and buzzer get. */

import assert from "node:assert/strict";
import { conditionOf } from "../../../core/alerting/policy/condition.ts";
import { type MonitorInput, monitorMachine } from "../../../core/alerting/policy/monitor.ts";
import type { OpenIncident } from "../../../core/alerting/policy/policy_state.ts";
import { type ClusterInput, newCluster } from "../../../core/detection/cluster_state.ts";
import { alertLine } from "../../support/alerting/alert_line.ts";
import { RULES, startOf } from "../../support/alerting/policy_score.ts";
import {
  beats,
  birth,
  brokerAnswer,
  farewell,
  link,
  live,
  OBSERVER,
  playCluster,
  TIMING,
} from "../../support/detection/cluster_score.ts";
import { type Note, play } from "../../support/detection/score.ts";
import { linesOf } from "../../support/detection/score_lines.ts";
import { shown } from "../../support/detection/watch_score.ts";

/** Ok until 10 s, failing until 60 s, ok until 90 s. */
const FAILS: readonly Note<ClusterInput>[] = [
  [500, live("pi-1", birth("pi-1-a", { name: "Khal Drogo" }))],
  ...beats("pi-1", { fromMs: 1000, toMs: 10_000, storage: "ok" }),
  ...beats("pi-1", { fromMs: 11_000, toMs: 60_000, seq: 10, storage: "no_answer" }),
  ...beats("pi-1", { fromMs: 61_000, toMs: 90_000, seq: 60, storage: "ok" }),
];

interface Score {
  readonly notes: readonly Note<MonitorInput>[];
  readonly untilMs: number;
  readonly open?: readonly OpenIncident[];
}

function playMonitor({ notes, untilMs, open = [] }: Score) {
  const machine = monitorMachine({ timing: TIMING, observer: OBSERVER }, RULES);
  const state = { cluster: newCluster([]), policy: startOf(RULES, { open }) };
  const played = play(machine, state, {
    notes: [[0, link(true)], ...notes],
    untilMs,
    answer: brokerAnswer(),
  });
  const alerts = played.flatMap(({ output }) => output.kind === "alert" ? [alertLine(output)] : []);
  return { alerts, played, policy: state.policy };
}

function storageLines(notes: Parameters<typeof playCluster>[0]["notes"], untilMs = 900_000) {
  const { played } = playCluster({ notes, untilMs });
  return linesOf(played.filter(({ output }) => output.kind === "storage"));
}

Deno.test("a storage fault is reported once, and so is its repair", () => {
  assert.deepEqual(storageLines(FAILS, 90_000), [
    "1s pi-1 storage works",
    "11s pi-1 storage no_answer",
    "61s pi-1 storage works",
  ]);
});

Deno.test("an agent that does not report its storage causes no output", () => {
  assert.deepEqual(storageLines(beats("pi-1", { fromMs: 0, toMs: 30_000 }), 30_000), []);
});

Deno.test("a restarted agent that does not know its storage yet leaves the fault unchanged", () => {
  const notes = [
    ...beats("pi-1", { fromMs: 1000, toMs: 5000, storage: "errors" }),
    ...beats("pi-1", { session: "pi-1-b", fromMs: 6000, toMs: 66_000 }),
    ...beats("pi-1", { session: "pi-1-b", fromMs: 67_000, toMs: 70_000, seq: 61, storage: "ok" }),
  ];
  assert.deepEqual(storageLines(notes), ["1s pi-1 storage errors", "67s pi-1 storage works"]);
});

Deno.test("an agent without a report for ten minutes does not check, so the fault ends", () => {
  const notes = [
    ...beats("pi-1", { fromMs: 1000, toMs: 5000, storage: "errors" }),
    ...beats("pi-1", { session: "pi-1-b", fromMs: 6000, toMs: 700_000 }),
  ];
  assert.deepEqual(storageLines(notes), ["1s pi-1 storage errors", "606s pi-1 storage works"]);
});

Deno.test("a node that changes its report with each heartbeat is limited, and its last report counts", () => {
  const flipped = Array.from({ length: 800 }, (_, seq) => {
    const storage = seq % 2 === 0 ? "errors" as const : "ok" as const;
    const at = { fromMs: seq * 1000, toMs: seq * 1000 + 500, seq };
    return beats("pi-1", { ...at, storage });
  });
  const rest = beats("pi-1", { fromMs: 800_000, toMs: 2_600_000, seq: 800, storage: "errors" });
  const lines = storageLines([...flipped.flat(), ...rest], 2_600_000);
  assert.equal(lines.length, 7, lines.join("\n"));
  assert.match(lines.at(-1) ?? "", /errors/);
});

Deno.test("people are notified of a fault after the hold, and of its end", () => {
  const { alerts } = playMonitor({ notes: FAILS, untilMs: 200_000 });
  assert.deepEqual(alerts.filter((line) => line.includes("vital")), [
    "26s sms (twilio): fault vital pi-1 storage (no_answer) since 11s",
    "66s sms (twilio): fault over vital pi-1 storage 11s to 61s",
  ]);
});

Deno.test("a fault from the hub's earlier run ends when the node says so", () => {
  const subject = { kind: "vital", node: "pi-1", vital: "storage" } as const;
  const open: OpenIncident = {
    id: 1,
    subject,
    name: "Khal Drogo",
    startedAtMs: -60_000,
    lastHeardMs: undefined,
    cause: "errors",
    ended: undefined,
    acknowledged: false,
    rebooted: false,
    changes: 0,
    common: undefined,
    notified: new Map([["sms", -50_000]]),
    deferred: new Set(),
  };
  const well = beats("pi-1", { fromMs: 1000, toMs: 60_000, storage: "ok" });
  const over = playMonitor({ notes: well, untilMs: 60_000, open: [open] });
  assert.equal(over.alerts.length, 1, over.alerts.join("\n"));
  assert.match(over.alerts[0] ?? "", /fault over vital pi-1 storage/);
  const same = beats("pi-1", { fromMs: 1000, toMs: 60_000, storage: "errors" });
  assert.deepEqual(playMonitor({ notes: same, untilMs: 60_000, open: [open] }).alerts, []);
});

Deno.test("a fault can be acknowledged like a death", () => {
  const notes: Note<MonitorInput>[] = [
    ...FAILS.filter(([atMs]) => atMs <= 60_000),
    [40_000, { kind: "acknowledge", node: "pi-1" }],
  ];
  const { policy } = playMonitor({ notes, untilMs: 60_000 });
  assert.equal(conditionOf(policy, "pi-1").acknowledged, true);
});

Deno.test("LED and buzzer treat a fault as a death", () => {
  assert.deepEqual(shown({ notes: FAILS, untilMs: 90_000 }), [
    "0.002s show all_well",
    "11s show dead",
    "15s show dead_buzzing",
    "61s show all_well",
  ]);
});

Deno.test("a node that first fails and then dies is one death for LED and buzzer", () => {
  const notes = FAILS.filter(([atMs]) => atMs <= 30_000);
  assert.deepEqual(shown({ notes, untilMs: 120_000 }), [
    "0.002s show all_well",
    "11s show dead",
    "15s show dead_buzzing",
    "35.002s show dead",
    "39s show dead_buzzing",
  ]);
});

Deno.test("a stopped node with a fault is not shown until it is back", () => {
  const notes: Note<ClusterInput>[] = [
    ...FAILS.filter(([atMs]) => atMs <= 12_000),
    [12_500, live("pi-1", farewell("pi-1-a"))],
    [50_000, live("pi-1", birth("pi-1-b"))],
    ...beats("pi-1", { session: "pi-1-b", fromMs: 50_100, toMs: 60_000, storage: "no_answer" }),
  ];
  assert.deepEqual(shown({ notes, untilMs: 60_000 }), [
    "0.002s show all_well",
    "11s show dead",
    "12.5s show all_well",
    "50s show dead_buzzing",
  ]);
});
