/** What the first view says of upgrades of Pis. */

import type { NodeView } from "../../core/api/node_view.ts";
import { openStep } from "../status/upgrade_step.ts";

export interface Rollout {
  /** Pis for which the hub has a newer version, and which are not in a row already. */
  readonly available: readonly NodeView[];
  /** The one that is upgraded now. */
  readonly current: NodeView | undefined;
  /** Pis that have its version already by an upgrade, and those that wait. */
  readonly done: number;
  readonly waiting: number;
  /** The one at which a row of upgrades stopped. */
  readonly stoppedAt: NodeView | undefined;
}

/** Summary of the nodes; `undefined` when there is nothing to say. */
export function rolloutOf(nodes: readonly NodeView[]): Rollout | undefined {
  const current = nodes.find(isUnderWay);
  const waiting = nodes.filter((node) => openStep(node) === "waiting").length;
  const available = nodes.filter((node) =>
    node.upgrade !== null && node.upgrade.available !== null && node.liveness !== "dead" &&
    node.liveness !== "left" && openStep(node) === undefined
  );
  const stopped = nodes.some(({ upgrade }) => upgrade?.failure === "stopped");
  const stoppedAt = stopped ? nodes.find(isFailed) : undefined;
  if (current === undefined && waiting === 0 && available.length === 0) return undefined;
  const version = current?.upgrade?.version;
  const done =
    nodes.filter(({ upgrade }) => upgrade?.step === "done" && upgrade.version === version).length;
  return { available, current, done, waiting, stoppedAt };
}

/** Whether the node itself is upgraded now. */
function isUnderWay(node: NodeView): boolean {
  const step = openStep(node);
  return step !== undefined && step !== "waiting";
}

function isFailed({ upgrade }: NodeView): boolean {
  return upgrade?.step === "failed" && upgrade.failure !== "stopped" &&
    upgrade.failure !== "not_up";
}
