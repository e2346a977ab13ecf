/** Deaths at the same time have a common cause, so they are one incident. */

import type { CommonCause, DownItem } from "../alert.ts";
import type { Rules } from "./policy_state.ts";

/**
 * All verdicts of one power cut come within a heartbeat. A will or a slow echo may add some
 * seconds.
 */
const TOGETHER_MS = 10_000;
/** Two deaths at the same time are a coincidence, unless they are a whole group. */
const TOGETHER_MIN = 3;
const GROUP_MIN = 2;

/** The common cause of the deaths that are reported now. `alive` are the other living nodes. */
export function commonCauseOf(
  down: readonly DownItem[],
  alive: ReadonlySet<string>,
  groups: Rules["groups"],
): CommonCause | undefined {
  const burst = largestBurst(down);
  const together = burst.map(({ node }) => node);
  if (together.length < GROUP_MIN) return undefined;
  const dead = new Set(together);
  const elsewhere = new Set(burst.flatMap((one) => one.isElsewhere === true ? one.node : []));
  const causeOf = (group: string | undefined, nodes: readonly string[], of: number) =>
    commonCause({ group, nodes, of, isElsewhere: nodes.every((node) => elsewhere.has(node)) });
  const all = causeOf(undefined, together, together.length + alive.size);
  const byGroup = groups.map(({ name, nodes }) => {
    const members = nodes.filter((node) => dead.has(node));
    return causeOf(name, members, members.length + nodes.filter((node) => alive.has(node)).length);
  }).filter((cause) => cause !== undefined);
  // The smallest cause that explains everything: a group if possible, otherwise the cluster.
  const [group] = byGroup.toSorted((a, b) => b.nodes.length - a.nodes.length);
  if (group !== undefined && group.nodes.length === together.length) return group;
  return all ?? group;
}

function commonCause(
  { group, nodes, of, isElsewhere }: Required<CommonCause>,
): CommonCause | undefined {
  const isAll = nodes.length === of && nodes.length >= GROUP_MIN;
  // All nodes of another network are a site, with or without a configured group.
  const isSite = isAll && isElsewhere;
  const isMost = nodes.length >= TOGETHER_MIN && 2 * nodes.length >= of;
  if (!isSite && !isMost && !(isAll && group !== undefined)) return undefined;
  return { group, nodes, of, ...(isSite ? { isElsewhere } : {}) };
}

/** The largest set of deaths that happened within the same few seconds. */
function largestBurst(down: readonly DownItem[]): readonly DownItem[] {
  const sorted = down.toSorted((a, b) => a.diedAtMs - b.diedAtMs);
  let best = { from: 0, to: 0 };
  let from = 0;
  sorted.forEach((last, index) => {
    while ((sorted[from]?.diedAtMs ?? Infinity) < last.diedAtMs - TOGETHER_MS) from++;
    if (index + 1 - from > best.to - best.from) best = { from, to: index + 1 };
  });
  return sorted.slice(best.from, best.to);
}
