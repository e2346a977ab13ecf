/** Warnings about a node in addition to its state, the worst first. */

import type { NodeView, NodeWarning } from "../../core/api/node_view.ts";
import { text } from "../texts/texts.ts";
import { wayWarnings } from "./way_text.ts";

/** Each fits on a line of its own. `now` is the hub's time. */
export function warningsOf(node: NodeView, now: string): readonly string[] {
  return [
    ...(node.storage === null ? [] : [text(`storage.${node.storage.fault}`)]),
    ...node.warning_codes.map((warning) => warningText(node.id, warning)),
    ...wayWarnings(node, now),
  ];
}

function warningText(id: string, { serials }: NodeWarning): string {
  return serials.length > 1
    ? text("list.duplicateIdSerials", { id, serials: serials.join(", ") })
    : text("list.duplicateId", { id });
}
