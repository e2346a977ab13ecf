/** Why a node is stopped, in plain words. */

import type { NodeView } from "../../core/api/node_view.ts";
import { text } from "../texts/texts.ts";

/** The reason of a stopped node's farewell; `undefined` for every other node. */
export function farewellText(
  { liveness, farewell }: Pick<NodeView, "liveness" | "farewell">,
): string | undefined {
  if (liveness !== "left" || farewell === null) return undefined;
  return text(`nodePage.reason_${farewell === "unknown" ? "farewell" : farewell}`);
}
