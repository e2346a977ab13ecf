/** How those that died together come back: what is told to a route as one incident. */

import type { Incident } from "./incident.ts";
import type { CommonReturn, CommonReturns, PolicyState } from "./policy_state.ts";

/** Of all that was told to a route as one incident with this case; `undefined` where it is alone. */
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
