/** The ways to a node in words. */

import type { NodeView } from "../../core/api/node_view.ts";
import { WAY_NAMES, type WayName } from "../../core/protocol/ways.ts";
import { text } from "../texts/texts.ts";

const DAY_MS = 24 * 3_600_000;

/** Why a way will end, or has ended. `now` is the hub's time. */
export function wayWarning(
  { ways }: Pick<NodeView, "ways">,
  name: WayName,
  now: string,
): string | undefined {
  const way = ways[name];
  switch (way?.warning) {
    case undefined:
      return undefined;
    case "key_expires": {
      const count = Math.floor((Date.parse(way.expires_at ?? now) - Date.parse(now)) / DAY_MS);
      return count < 1 ? text("way.key_expires_today") : text("way.key_expires", { count });
    }
    case "not_after_reboot":
    case "key_expired":
      return text(`way.${way.warning}`);
  }
}

/** The warnings of all ways. */
export function wayWarnings(node: Pick<NodeView, "ways">, now: string): readonly string[] {
  return WAY_NAMES.flatMap((name) => wayWarning(node, name, now) ?? []);
}
