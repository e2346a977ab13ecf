/** The availability of a node, as a hub answers it. */

import assert from "node:assert/strict";
import type { AvailabilityView, NodeAvailabilityView } from "../../../core/history/history.ts";
import type { Hub } from "../program/programs.ts";

/** Returns the states in order, such as `2 up, 3 down`. */
export async function statesOf(hub: Hub, node: string): Promise<string> {
  const { segments } = await availabilityOf(hub, node);
  return segments.map(({ state }) => state).join(" ");
}

/**
 * The same without the times at which it was late, but not down: on a busy machine a heartbeat may be
 * late at any time.
 */
export async function coarseStatesOf(hub: Hub, node: string): Promise<string> {
  const states = (await statesOf(hub, node)).split(" ").filter((state) => state !== "late");
  return states.filter((state, index) => state !== states[index - 1]).join(" ");
}

export async function availabilityOf(hub: Hub, node: string): Promise<NodeAvailabilityView> {
  const path = `/api/v1/availability?span=24h&node=${node}`;
  const { span, from, to, nodes } = await hub.api<AvailabilityView>(path);
  assert.equal(span, "24h");
  assert.deepEqual(Object.keys(nodes), [node]);
  const found = nodes[node] ?? { percent: null, segments: [] };
  assert.equal(found.segments[0]?.from, from);
  assert.equal(found.segments.at(-1)?.to, to);
  assert.equal(Date.parse(to) - Date.parse(from), 24 * 3_600_000);
  return found;
}
