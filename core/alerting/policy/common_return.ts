/** How nodes that died together come back: a route is notified of them as one incident. */

import { firstOf, newSortedList } from "../../structures/sorted_list.ts";
import type { CommonReturn, CommonReturns, Mark } from "./agenda_state.ts";
import type { Incident } from "../incident/incident.ts";
import type { PolicyState } from "./policy_state.ts";

/**
 * After most of a cluster died at once, its Pis boot at different speeds. Their return is one
 * message.
 */
const COMMON_RETURN_MS = 60_000;

/**
 * The incidents that a route was notified of together with this one; `undefined` if it is alone.
 * The agenda counts them.
 */
export function commonReturnOf(
  { agenda }: PolicyState,
  { common }: Incident,
  route: string,
): CommonReturn | undefined {
  return common === undefined ? undefined : agenda?.returns.get(returnKey(route, common));
}

export function returnKey(route: string, common: number): string {
  return `${route} ${common}`;
}

/** The lists that count an incident, with its values. */
export function marksInReturns(
  returns: CommonReturns,
  { common, notified, ended, lastsFromMs }: Incident,
): readonly Mark[] {
  if (common === undefined) return [];
  return [...notified.keys()].map((route) => {
    const key = returnKey(route, common);
    const known = returns.get(key) ?? { openMs: newSortedList(), endsMs: newSortedList() };
    returns.set(key, known);
    return ended === undefined
      ? { list: known.openMs, value: lastsFromMs }
      : { list: known.endsMs, value: ended.atMs };
  });
}

/** Whether some of them are not back yet. */
export function isOpen(back: CommonReturn | undefined): boolean {
  return back !== undefined && firstOf(back.openMs) !== undefined;
}

/** When to report the end of an incident to people who were notified of its beginning. */
export function endAtMs(
  back: CommonReturn | undefined,
  endedAtMs: number,
  groupMs: number,
): number {
  if (back === undefined || !isOpen(back)) return endedAtMs + groupMs;
  return (firstOf(back.endsMs) ?? Infinity) + COMMON_RETURN_MS;
}
