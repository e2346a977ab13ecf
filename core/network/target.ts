/** What of a probe's nodes and hosts is worth a knock. */

import { isLinkLocal, isOfAMachine, parseIp } from "./address.ts";
import { isOnThisMachine, isOwn } from "./path.ts";
import type { ProbeNode } from "./probe.ts";
import type { NetworkView } from "./view.ts";

/** More nodes than this are not asked in one round: the others fell silent for the same reason. */
export const PROBE_NODES_MAX = 32;
/** A machine with more addresses is asked at the first ones. */
export const PROBE_ADDRESSES_MAX = 4;

/**
 * Where to knock at a node. What a birth announces is a stranger's word: only literal addresses count
 * that another machine can have, and none of `taken`, such as the gateways', who would answer for it.
 * A node on this very machine is not asked: `"local"`.
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
