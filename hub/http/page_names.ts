/**
 * Checks the host name of a request. A page on the internet can make its own name resolve to a hub
 * at home (DNS rebinding), and could then read everything that guests may see. So guests must use
 * known names.
 */

import { isAddress } from "../../core/network/host.ts";

/** Nobody on the internet can register a name with these endings (RFC 6761, 6762, 8375; ICANN). */
const INNER_ENDS = [".localhost", ".local", ".home.arpa", ".internal", ".lan", ".home"];

/**
 * Returns whether a `Host` belongs to the hub: an address, a name of the home network, or one of
 * `names`.
 */
export function isPageName(host: string, names: ReadonlySet<string>): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1").toLowerCase().replace(
    /\.$/,
    "",
  );
  // Nobody outside can redirect an address or a name without a dot.
  return isAddress(name) || !name.includes(".") || names.has(name) ||
    INNER_ENDS.some((end) => name.endsWith(end));
}
