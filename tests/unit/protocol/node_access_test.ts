/** A living node to which a way will end: what observers and people get. */

import assert from "node:assert/strict";
import { acknowledgedDeaths, conditionOf } from "../../../core/alerting/policy/condition.ts";
import { type MonitorInput, monitorMachine } from "../../../core/alerting/policy/monitor.ts";
import type { OpenIncident } from "../../../core/alerting/policy/policy_state.ts";
import { type ClusterInput, newCluster } from "../../../core/detection/cluster_state.ts";
import type { AccessFault, Ways } from "../../../core/protocol/ways.ts";
import { alertLine } from "../../support/alerting/alert_line.ts";
import { RULES, startOf } from "../../support/alerting/policy_score.ts";
import {
  beats,
  birth,
  brokerAnswer,
  link,
  live,
  OBSERVER,
  playCluster,
  TIMING,
} from "../../support/detection/cluster_score.ts";
import { type Note, play } from "../../support/detection/score.ts";
import { linesOf } from "../../support/detection/score_lines.ts";
import { shown } from "../../support/detection/watch_score.ts";

const BORN: Note<ClusterInput> = [500, live("pi-1", birth("pi-1-a", { name: "Khal Drogo" }))];

function vitals(atMs: number, ways: Ways | undefined, session = "pi-1-a"): Note<ClusterInput> {
  const said = { kind: "vitals", session, vitals: {} } as const;
  return [atMs, live("pi-1", ways === undefined ? said : { ...said, ways })];
}

function key(fault?: AccessFault): Ways {
  return { tailscale: { state: "up", ...(fault === undefined ? {} : { warning: fault }) } };
}

/** Good until 20 s, about to expire until 60 s, good again. */
const EXPIRES = [
  BORN,
  vitals(1000, key()),
  vitals(20_000, key("key_expires")),
  vitals(50_000, key("key_expires")),
  vitals(60_000, key()),
  ...beats("pi-1", { fromMs: 1000, toMs: 200_000 }),
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
  return { alerts, policy: state.policy };
}

function accessLines(notes: readonly Note<ClusterInput>[], untilMs = 200_000) {
  const { played } = playCluster({ notes, untilMs });
  return linesOf(played.filter(({ output }) => output.kind === "access"));
}

Deno.test("a key that will expire is reported once, and so is its renewal", () => {
  assert.deepEqual(accessLines(EXPIRES), [
    "1s pi-1 access lasts",
    "20s pi-1 access key_expires",
    "60s pi-1 access lasts",
  ]);
});

Deno.test("vitals of another session say nothing of the ways", () => {
  const notes = [
    BORN,
    vitals(1000, key()),
    vitals(2000, key("key_expired"), "stranger"),
    ...beats("pi-1", { fromMs: 1000, toMs: 5000 }),
  ];
  assert.deepEqual(accessLines(notes, 5000), ["1s pi-1 access lasts"]);
});

Deno.test("a node that changes its report with each message is limited", () => {
  const flips = Array.from(
    { length: 300 },
    (_, index) => vitals(1000 + index * 1000, key(index % 2 === 0 ? "key_expires" : undefined)),
  );
  const beating = beats("pi-1", { fromMs: 600, toMs: 300_000 });
  assert.equal(accessLines([BORN, ...flips, ...beating], 300_000).length, 6);
});

Deno.test("people are notified of the end of a key, and that it is renewed", () => {
  const { alerts } = playMonitor({ notes: EXPIRES, untilMs: 200_000 });
  assert.deepEqual(alerts, [
    "35s sms (twilio): fault vital pi-1 access (key_expires) since 20s",
    "65s sms (twilio): fault over vital pi-1 access 20s to 60s",
  ]);
});

Deno.test("an incident of the hub's earlier run ends with the first vitals of an agent without ways", () => {
  const open: OpenIncident = {
    id: 1,
    subject: { kind: "vital", node: "pi-1", vital: "access" },
    name: "Khal Drogo",
    startedAtMs: -60_000,
    lastHeardMs: undefined,
    cause: "key_expires",
    ended: undefined,
    acknowledged: false,
    rebooted: false,
    changes: 0,
    common: undefined,
    notified: new Map([["sms", -50_000]]),
    deferred: new Set(),
  };
  const beating = beats("pi-1", { fromMs: 600, toMs: 60_000 });
  const play = (ways: Ways | undefined) =>
    playMonitor({ notes: [BORN, vitals(1000, ways), ...beating], untilMs: 60_000, open: [open] });
  const [over, ...more] = play(undefined).alerts;
  assert.match(over ?? "", /fault over vital pi-1 access/);
  assert.deepEqual(more, []);
  assert.deepEqual(play(key("key_expires")).alerts, []);
});

Deno.test("a key is no death: LED and buzzer show nothing, and it keeps no buzzer from being quiet", () => {
  assert.deepEqual(shown({ notes: EXPIRES, untilMs: 90_000 }), ["0.002s show all_well"]);
  const death: Note<MonitorInput>[] = [
    BORN,
    vitals(1000, key("key_expires")),
    ...beats("pi-1", { fromMs: 600, toMs: 30_000 }),
    [31_000, { kind: "acknowledge", node: "pi-1", subject: "vital pi-1 access" }],
  ];
  const keyOnly = playMonitor({ notes: death, untilMs: 32_000 });
  assert.deepEqual(acknowledgedDeaths(keyOnly.policy), new Set());
  assert.equal(conditionOf(keyOnly.policy, "pi-1").acknowledged, false);
  const both = playMonitor({
    notes: [
      ...death.slice(0, -1),
      [60_000, { kind: "acknowledge", node: "pi-1", subject: "node pi-1" }],
    ],
    untilMs: 61_000,
  });
  assert.deepEqual(acknowledgedDeaths(both.policy), new Set(["pi-1"]));
});
