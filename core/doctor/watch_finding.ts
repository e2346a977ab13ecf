/** Where a tracker of a large cluster gets the nodes' state from, and whether that works. */

import type { Config } from "../config/settings.ts";
import { HUB_FROM_NODES } from "../config/value/watch_mode.ts";
import type { HubView } from "../protocol/hub_view.ts";
import { type Finding, fine, warning } from "./finding.ts";

const TITLE = "watch";

/** `undefined` if the tracker hears every node by itself, as in every small cluster. */
export function watchFinding(
  { nodes, watch }: Pick<Config["cluster"], "nodes" | "watch">,
  view: HubView | undefined,
): Finding | undefined {
  const isLarge = watch === "auto" && (view?.nodes ?? 0) >= HUB_FROM_NODES;
  if (nodes.length > 0 || (watch !== "hub" && !isLarge)) return undefined;
  if (view === undefined) {
    return warning(
      TITLE,
      "[cluster] watch = hub, but the hub publishes no view of the cluster: every Pi is heard",
      "start the hub, or update it to the version of this tracker",
    );
  }
  const said = `${view.nodes} Pis, ${view.listed.size + view.unlisted} of them not well`;
  if (!view.blind) return fine(TITLE, `learns from the hub: ${said}`);
  return warning(
    TITLE,
    "the hub is blind: meanwhile every Pi is heard",
    "look at the hub's page, or: sudo rpi-cluster-hub doctor",
  );
}
