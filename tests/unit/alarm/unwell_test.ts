/** Which nodes a hub lists for trackers. */

import assert from "node:assert/strict";
import { unwellNodes } from "../../../core/alarm/unwell.ts";
import { newNode, type NodeState } from "../../../core/detection/node_state.ts";

const NOW_MS = 100_000;

function node(id: string, more: Partial<NodeState>): NodeState {
  return Object.assign(newNode(id, 0, true), more);
}

Deno.test("the dead come first, the latest of them before the others, and the well are left out", () => {
  const storage = { state: "errors", sinceMs: 80_000, isChange: true } as const;
  const nodes = [
    node("unknown", {}),
    node("alive", { liveness: "alive" }),
    node("left", { liveness: "left" }),
    node("late", { liveness: "suspect", sinceMs: 99_000 }),
    node("failing", { liveness: "alive", sinceMs: 5000, storage }),
    node("mended", { liveness: "alive", storage: { ...storage, state: "ok" } }),
    node("old", { liveness: "dead", livenessReason: "silence", sinceMs: 10_000 }),
    node("new", { liveness: "dead", livenessReason: "silence", sinceMs: 90_000, storage }),
  ];
  assert.deepEqual(
    unwellNodes(nodes, NOW_MS).map(([id, { liveness, forMs, fault }]) =>
      [id, liveness, forMs, fault ?? "none"].join(" ")
    ),
    [
      "new dead 10000 none",
      "old dead 90000 none",
      "failing alive 20000 errors",
      "late suspect 1000 none",
      "unknown unknown 100000 none",
    ],
  );
});

Deno.test("it says of which deaths nobody is alerted", () => {
  const dead = { liveness: "dead", livenessReason: "not_returned" } as const;
  const nodes = [
    node("away", dead),
    node("named", { ...dead, named: true }),
    node("known", { ...dead, livenessReason: "silence" }),
    node("hinted", { ...dead, livenessReason: "not_heard", expected: false }),
  ];
  const alertable = unwellNodes(nodes, NOW_MS).filter(([, { isAlertable }]) => isAlertable);
  assert.deepEqual(alertable.map(([id]) => id), ["named", "known"]);
});
