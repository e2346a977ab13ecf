/** What a run inherited, once the calendar says when it was. */

import assert from "node:assert/strict";
import { newIncident } from "../../../core/alerting/incident/incident.ts";
import type { MonitorState } from "../../../core/alerting/policy/monitor_state.ts";
import { newPolicy } from "../../../core/alerting/policy/policy_state.ts";
import { redate } from "../../../core/alerting/policy/redating.ts";
import { newCluster } from "../../../core/detection/cluster_state.ts";
import { newNode } from "../../../core/detection/node_state.ts";
import { RULES } from "../../support/alerting/policy_score.ts";

const BEGAN_MS = 20_000;
const HOUR_MS = 3_600_000;

function stateWith(lastHeardMs: number, startedAtMs: number): MonitorState {
  const node = newNode("arya", 0, true);
  node.lastHeardMs = lastHeardMs;
  const inheritance = { open: [], nextId: 1, spentMs: new Map(), maintenance: new Map() };
  const policy = newPolicy(RULES, inheritance, { nowMs: BEGAN_MS, firstGraceMs: 10_000 });
  const subject = { kind: "node", node: "arya" } as const;
  const death = newIncident({ subject, name: "Arya", startedAtMs, lastHeardMs, cause: "silence" });
  policy.incidents.set(death.key, death);
  return { cluster: newCluster([node]), policy };
}

function instantsOf({ cluster, policy }: MonitorState): readonly (number | undefined)[] {
  const death = policy.incidents.get("node arya");
  return [cluster.nodes.get("arya")?.lastHeardMs, death?.lastHeardMs, death?.startedAtMs];
}

const inherited = {
  kind: "redated",
  beganMs: BEGAN_MS,
  lastHeardMs: new Map([["arya", -HOUR_MS], ["nobody", 0]]),
  deaths: new Map([["arya", { startedAtMs: -HOUR_MS + 10_000, lastHeardMs: -HOUR_MS }]]),
} as const;

Deno.test("what an earlier run left is as old as the calendar says once it is right", () => {
  const state = stateWith(BEGAN_MS, BEGAN_MS);
  redate(state, inherited);
  assert.deepEqual(instantsOf(state), [-HOUR_MS, -HOUR_MS, -HOUR_MS + 10_000]);
});

Deno.test("what this run saw for itself needs no calendar", () => {
  const state = stateWith(BEGAN_MS + 1, BEGAN_MS + 2);
  redate(state, inherited);
  assert.deepEqual(instantsOf(state), [BEGAN_MS + 1, BEGAN_MS + 1, BEGAN_MS + 2]);
});

Deno.test("a calendar that is set back makes nothing younger", () => {
  const state = stateWith(-2 * HOUR_MS, -2 * HOUR_MS);
  redate(state, inherited);
  assert.deepEqual(instantsOf(state), [-2 * HOUR_MS, -2 * HOUR_MS, -2 * HOUR_MS]);
});
