/**
 * By what names the hub is asked. A page on the internet can make its own name lead to a hub at home
 * (DNS rebinding) and then reads whatever that shows to everybody: guests come by known names.
 */

import { isAddress } from "../../core/network/host.ts";

/** Nobody on the internet can register a name below these (RFC 6761, 6762, 8375; ICANN). */
const INNER_ENDS = [".localhost", ".local", ".home.arpa", ".internal", ".lan", ".home"];

/** Whether a `Host` is the hub's: an address, a name of the home network, or one of `names`. */
export function isPageName(host: string, names: ReadonlySet<string>): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1").toLowerCase().replace(
    /\.$/,
    "",
  );
  // Neither an address nor a name without a dot can be made to lead elsewhere from outside.
  return isAddress(name) || !name.includes(".") || names.has(name) ||
    INNER_ENDS.some((end) => name.endsWith(end));
}
