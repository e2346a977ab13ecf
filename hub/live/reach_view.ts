/** How a node can be reached: its owner's links, and the ways that its agent found. */

import type { NodeView } from "../../core/api/node_view.ts";
import { type RemoteLink, remotesOf } from "../../core/config/value/remote.ts";
import type { NodeState } from "../../core/detection/node_state.ts";

type Links = Pick<NodeView, "remote" | "remote_names">;
type Reach = Links & Pick<NodeView, "facts" | "ways">;

const NO_LINKS: Links = { remote: [], remote_names: [] };
const NO_WAYS: NodeView["ways"] = {};

/** Returns the links with the other facts, because a link that is not safe to show is no fact. */
export function reachOf(
  { facts: all, ways = NO_WAYS }: Pick<NodeState, "facts" | "ways">,
): Reach {
  const { remote, remote_names, ...facts } = all;
  return { facts, ...linksView(remotesOf(remote, remote_names)), ways };
}

export function linksView(links: readonly RemoteLink[]): Links {
  if (links.length === 0) return NO_LINKS;
  const isNamed = links.some(({ name }) => name !== undefined);
  return {
    remote: links.map(({ url }) => url),
    remote_names: isNamed ? links.map(({ name }) => name ?? "") : [],
  };
}
