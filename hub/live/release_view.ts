/** The version of a node's agent beside the hub's own. */

import type { NodeView } from "../../core/api/node_view.ts";
import type { Facts } from "../../core/protocol/wire.ts";
import { isOlderRelease } from "../../core/text/release.ts";
import { VERSION } from "../../core/version.ts";

/** More is no version. */
const LENGTH_MAX = 64;

export function releaseOf({ version }: Facts): Pick<NodeView, "version" | "outdated"> {
  if (typeof version !== "string" || version.length > LENGTH_MAX) {
    return { version: null, outdated: false };
  }
  return { version, outdated: isOlderRelease(version, VERSION) };
}
