/** What a person should know about a node beside its state, the worst first. */

import type { NodeView } from "../../core/api/feed.ts";
import { text } from "../texts/texts.ts";
import { warningText } from "./hub_text.ts";

/** Each fits a line of its own. */
export function warningsOf(node: NodeView): readonly string[] {
  const warnings = node.warnings.map(warningText);
  return node.storage === null ? warnings : [text(`storage.${node.storage.fault}`), ...warnings];
}
