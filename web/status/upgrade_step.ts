/** How far the upgrade of a node is. */

import type { NodeView } from "../../core/api/node_view.ts";
import type { UpgradeStep } from "../../core/api/upgrade_view.ts";

/** The step of an upgrade that goes on; `undefined` if none was asked for, or it is over. */
export function openStep(
  { upgrade }: Pick<NodeView, "upgrade">,
): Exclude<UpgradeStep, "done" | "failed"> | undefined {
  const step = upgrade?.step ?? undefined;
  return step === "done" || step === "failed" ? undefined : step;
}
