/** How nodes that died together come back: a route is notified of them as one incident. */

import type { Incident } from "./incident.ts";
import type { CommonReturn, CommonReturns, PolicyState } from "./policy_state.ts";

/** Of all incidents that a route was notified of as one with this; `undefined` where it is alone. */
export function commonReturnOf(
  state: PolicyState,
  { common }: Incident,
  route: string,
): CommonReturn | undefined {
  if (common === undefined) return undefined;
  state.returns ??= returnsOf(state);
  return state.returns.get(`${route} ${common}`);
}

function returnsOf({ incidents }: PolicyState): CommonReturns {
  const returns: CommonReturns = new Map();
  for (const { common, notified, ended } of incidents.values()) {
    if (common === undefined) continue;
    for (const route of notified.keys()) {
      const key = `${route} ${common}`;
      const known = returns.get(key) ?? { isOpen: false, firstEndMs: Infinity };
      known.isOpen ||= ended === undefined;
      known.firstEndMs = Math.min(known.firstEndMs, ended?.atMs ?? Infinity);
      returns.set(key, known);
    }
  }
  return returns;
}
