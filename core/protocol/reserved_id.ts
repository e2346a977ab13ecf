/** Ids that no node may have, because commands and the API use the same words. */

import { parseDurationMs } from "../text/duration.ts";
import { HUB_USER } from "./access.ts";

/** Means all nodes in commands. */
export const ALL_WORD = "all";
/** Ends a silence or a maintenance in commands. */
export const OFF_WORD = "off";

/**
 * Why no node may have this id, as the text after "expected another id, because"; `undefined`: it
 * may.
 */
export function reservedIdReason(id: string): string | undefined {
  if (id === HUB_USER) return `"${id}" is the hub's own`;
  if (id === ALL_WORD) return `"${id}" means every Pi in commands`;
  if (id === OFF_WORD) return `"${id}" ends a silence in commands`;
  if (parseDurationMs(id) !== undefined) return `"${id}" is a duration in commands`;
  if (id.startsWith("-")) return `commands take "${id}" for an option`;
  return undefined;
}
