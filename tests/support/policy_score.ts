/** The notes of a policy's score: what the hub learns of its nodes, and what it may tell. */

import type { Reason } from "../../core/node_state.ts";
import type { Liveness } from "../../core/liveness.ts";
import type { OpenDeath, PolicyInput, Rules } from "../../core/policy.ts";

/** The defaults of the configuration, for one recipient. */
export const RULES: Rules = { groupMs: 5000, holdMs: 15_000, perHourMax: 20, recipients: 1 };

export const SEES: PolicyInput = { kind: "sight", blind: false };
export const BLIND: PolicyInput = { kind: "sight", blind: true };

/** A transition whose name is the node's id in capitals. It is heard last 5 s before. */
export function news(
  node: string,
  to: Liveness,
  atMs: number,
  reason: Reason = "silence",
): PolicyInput {
  const lastHeardMs = reason === "not_heard" ? undefined : atMs - 5000;
  const from = to === "dead" ? "suspect" : "dead";
  return {
    kind: "news",
    transition: { kind: "transition", node, from, to, reason, atMs, lastHeardMs },
    name: node.toUpperCase(),
  };
}

/** A death of an earlier run. */
export function openDeath(node: string, more: Partial<OpenDeath> = {}): OpenDeath {
  return {
    node,
    name: node.toUpperCase(),
    diedAtMs: -60_000,
    lastHeardMs: -65_000,
    cause: "silence",
    told: false,
    recovered: undefined,
    ...more,
  };
}
