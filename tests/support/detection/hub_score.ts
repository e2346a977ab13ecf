/** The hub's part in a tracker's score: its echoes and its views of the cluster. */

import type { TrackerInput } from "../../../core/alarm/tracker_machine.ts";
import type { HubView, ListedNode } from "../../../core/protocol/hub_view.ts";
import type { Note } from "./score.ts";
import { HUB } from "./watch_score.ts";

/** The size of the hub's cluster, unless a view says another. */
export const NODES = 1000;

/** A view of the hub; by default it is live, sees, and lists nobody. */
export function view(number: number, more: Partial<HubView> = {}): HubView {
  return {
    kind: "hub_view",
    session: HUB,
    number,
    blind: false,
    nodes: NODES,
    listed: new Map(),
    unlisted: 0,
    retained: false,
    ...more,
  };
}

/** A view that lists these nodes as dead since the instant of the view. */
export function deadView(number: number, ids: readonly string[]): HubView {
  return view(number, { listed: new Map(ids.map((id) => [id, listed()])) });
}

export function listed(more: Partial<ListedNode> = {}): ListedNode {
  return { liveness: "dead", forMs: 0, isAlertable: true, fault: undefined, ...more };
}

/** The views with their instants, and the hub's echoes with the number of the latest view. */
export function hubSpeaks(
  views: readonly (readonly [atMs: number, view: HubView])[],
  toMs: number,
): Note<TrackerInput>[] {
  const fromMs = views[0]?.[0] ?? 0;
  const notes: Note<TrackerInput>[] = views.map(([atMs, said]) => [atMs, said]);
  for (let atMs = fromMs + 1; atMs <= toMs; atMs += 5000) {
    const latest = views.findLast(([saidMs]) => saidMs <= atMs)?.[1];
    if (latest === undefined) continue;
    const { session: observer, number } = latest;
    notes.push([atMs, { kind: "echo", node: undefined, observer, seq: atMs, view: number }]);
  }
  return notes;
}
