/** Warnings about a node in addition to its state, the worst first. */

import type { NodeView, NodeWarning } from "../../core/api/node_view.ts";
import { text } from "../texts/texts.ts";

/** Each fits on a line of its own. */
export function warningsOf(node: NodeView): readonly string[] {
  const warnings = node.warning_codes.map((warning) => warningText(node.id, warning));
  return node.storage === null ? warnings : [text(`storage.${node.storage.fault}`), ...warnings];
}

function warningText(id: string, { serials }: NodeWarning): string {
  return serials.length > 1
    ? text("list.duplicateIdSerials", { id, serials: serials.join(", ") })
    : text("list.duplicateId", { id });
}
