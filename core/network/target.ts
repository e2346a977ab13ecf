/** Which addresses of nodes and hosts are probed. */

import { isLinkLocal, isOfAMachine, parseIp } from "./address.ts";
import { isOnThisMachine, isOwn } from "./path.ts";
import type { ProbeNode } from "./probe.ts";
import type { NetworkView } from "./view.ts";

/** At most this many nodes are probed at once. The others went silent for the same reason. */
export const PROBE_NODES_MAX = 32;
/** At most this many addresses of a node are probed. */
export const PROBE_ADDRESSES_MAX = 4;

/**
 * The addresses at which to probe a node. A birth may come from an attacker, so only literal
 * addresses count that another machine can have. Addresses in `taken`, such as those of the
 * gateways, are left out, because another host would answer. A node on this machine is not probed:
 * `"local"`.
 */
export function nodeAddresses(
  view: NetworkView,
  node: ProbeNode,
  taken: readonly string[],
): "local" | readonly string[] {
  if (isOnThisMachine(view, node)) return "local";
  const addresses = new Set(node.addresses.flatMap((text) => {
    const address = parseIp(text);
    if (address === undefined || isLinkLocal(address) || !isOfAMachine(address)) return [];
    return isOwn(view, address) ? [] : address.toString();
  }));
  return [...addresses].filter((address) => !taken.includes(address))
    .slice(0, PROBE_ADDRESSES_MAX);
}
