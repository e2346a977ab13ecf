/** What the first view says of upgrades of Pis. */

import type { NodeView } from "../../core/api/node_view.ts";

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
  const stepOf = ({ upgrade }: NodeView) => upgrade?.step ?? null;
  const current = nodes.find(isUnderWay);
  const waiting = nodes.filter((node) => stepOf(node) === "waiting");
  const available = nodes.filter((node) =>
    node.upgrade !== null && node.upgrade.available !== null && node.liveness !== "dead" &&
    node.liveness !== "left" && node !== current && !waiting.includes(node)
  );
  const stopped = nodes.some(({ upgrade }) => upgrade?.failure === "stopped");
  const stoppedAt = stopped ? nodes.find(isFailed) : undefined;
  if (current === undefined && waiting.length === 0 && available.length === 0) return undefined;
  const version = current?.upgrade?.version;
  const done =
    nodes.filter((node) => stepOf(node) === "done" && node.upgrade?.version === version).length;
  return { available, current, done, waiting: waiting.length, stoppedAt };
}

/** Whether the node itself is upgraded now. */
export function isUnderWay({ upgrade }: Pick<NodeView, "upgrade">): boolean {
  switch (upgrade?.step) {
    case "asked":
    case "requested":
    case "running":
    case "checking":
      return true;
    default:
      return false;
  }
}

function isFailed({ upgrade }: NodeView): boolean {
  return upgrade?.step === "failed" && upgrade.failure !== "stopped" &&
    upgrade.failure !== "not_up";
}
