/** Connects a tracker's source of news with its cluster machine and with the hub's verdicts. */

import type { ClusterInput, ClusterState, HearInput } from "../detection/cluster_state.ts";
import type { Tick } from "../machine.ts";
import type { HubView } from "../protocol/hub_view.ts";
import {
  applyView,
  type HubVerdicts,
  isComplete,
  newHubVerdicts,
  takeOver,
  type VerdictOutput,
} from "./hub_verdicts.ts";
import { confirmedView, hearEcho, hearStatus, hearView } from "./hub_word.ts";
import type { CommandInput } from "./operator_commands.ts";
import { passWatch, type WatchChange, type WatchSource } from "./watch_source.ts";

/** The parts of a tracker's state that a change of its source affects. */
export interface WatchParts {
  readonly cluster: ClusterState;
  readonly watch: WatchSource;
  readonly verdicts: HubVerdicts;
}

export function takeWord(
  { word }: WatchSource,
  input: ClusterInput | CommandInput | Tick,
  nowMs: number,
): void {
  if (input.kind === "echo") hearEcho(word, input, nowMs);
  if (input.kind === "hub_status") hearStatus(word, input, nowMs);
  if (input.kind === "hub_view") hearView(word, input, nowMs);
}

/** Chooses the source. Returns a change, and what the cluster machine must know about it. */
export function passSource(
  state: WatchParts,
  nowMs: number,
): { readonly change: WatchChange | undefined; readonly forCluster: readonly HearInput[] } {
  const { watch, cluster, verdicts } = state;
  const isContradicted = () => isDenied(cluster, watch.word.view);
  const change = passWatch(watch, { nowMs, isContradicted });
  if (change === undefined) return { change, forCluster: [] };
  if (change.source === "hub") {
    if (cluster.hearing === "hub") return { change, forCluster: [] };
    takeOver(verdicts, cluster.nodes.values());
    return { change, forCluster: [{ kind: "hear", from: "hub" }] };
  }
  const nodes = [...verdicts.nodes.values()];
  const areOthersAlive = isComplete(verdicts);
  Object.assign(verdicts, newHubVerdicts());
  return { change, forCluster: [{ kind: "hear", from: "requested", nodes, areOthersAlive }] };
}

/** Whether the hub counts a node as alive that is dead for this tracker. */
function isDenied({ nodes }: ClusterState, view: HubView | undefined): boolean {
  if (view === undefined) return true;
  if (view.unlisted > 0) return false;
  return nodes.values().some(({ id, liveness }) =>
    liveness === "dead" && view.listed.get(id)?.liveness !== "dead"
  );
}

/** Ignores the view of a hub that is blind or not heard. */
export function passVerdicts(
  { watch, verdicts }: Pick<WatchParts, "watch" | "verdicts">,
  { nowMs, self }: { readonly nowMs: number; readonly self: string | undefined },
): readonly VerdictOutput[] {
  if (watch.source === "all" || watch.doubt !== undefined) return [];
  const view = confirmedView(watch.word);
  return view === undefined ? [] : applyView(verdicts, view, { nowMs, self });
}
