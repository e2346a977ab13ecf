/** Why a node is stopped, in plain words. */

import type { NodeView } from "../../core/api/feed.ts";
import { text } from "../texts/texts.ts";

/** What its farewell said, of a node that is stopped; `undefined` of every other one. */
export function farewellText(
  { liveness, farewell }: Pick<NodeView, "liveness" | "farewell">,
): string | undefined {
  if (liveness !== "left" || farewell === null) return undefined;
  return text(`nodePage.reason_${farewell === "unknown" ? "farewell" : farewell}`);
}
