/**
 * The source from which a tracker learns the states of the nodes: every node itself, or the hub. In
 * a large cluster, hearing every node costs a tenth of a core on each Pi that has an LED.
 */

import { ALL_BELOW_NODES, HUB_FROM_NODES, type WatchMode } from "../config/value/watch_mode.ts";
import {
  confirmedView,
  doubtAt,
  type HubDoubt,
  type HubWord,
  newHubWord,
  nextDoubtMs,
} from "./hub_word.ts";

/** The hub's word must count for this long before a tracker relies on it. */
const PROVEN_AFTER_MS = 30_000;
/** A restart of the hub is shorter than this, so a thousand trackers do not all change the source. */
const PATIENCE_MS = 5000;

/** Why a tracker changes its source. */
export type WatchReason = HubDoubt | "configured" | "many_nodes" | "few_nodes";

/** From now on the tracker learns from another source, or from the hub as configured. */
export interface WatchChange {
  readonly kind: "watch";
  readonly source: "all" | "hub";
  readonly reason: WatchReason;
  /** The number of nodes according to the hub; `undefined` if the hub did not say. */
  readonly nodes: number | undefined;
}

export interface WatchSource {
  readonly mode: WatchMode;
  readonly word: HubWord;
  source: "all" | "hub";
  /** The tracker began with the hub as its source, and has not heard the hub yet. */
  isUnproven: boolean;
  /** Since when the hub's word counts, or does not count, without a break. */
  doubt: HubDoubt | undefined;
  sinceMs: number;
}

/** `auto` begins with all nodes, because it does not know how many there are. */
export function newWatchSource(mode: WatchMode): WatchSource {
  return {
    mode,
    word: newHubWord(),
    source: mode === "hub" ? "hub" : "all",
    isUnproven: mode === "hub",
    doubt: "no_view",
    sinceMs: Infinity,
  };
}

export interface WatchContext {
  readonly nowMs: number;
  /** Whether the hub counts a node as alive that this tracker found dead by itself. */
  readonly isContradicted: () => boolean;
}

/** Decides after each input, and at `watchDeadlineMs`. */
export function passWatch(watch: WatchSource, at: WatchContext): WatchChange | undefined {
  if (watch.mode === "all") return undefined;
  const { nowMs } = at;
  follow(watch, nowMs);
  if (watch.isUnproven && watch.doubt === undefined && confirmedView(watch.word) !== undefined) {
    return changeTo(watch, "hub", "configured");
  }
  if (nowMs < changeMs(watch)) return undefined;
  if (watch.source === "hub") return changeTo(watch, "all", watch.doubt ?? "few_nodes");
  // The hub will learn of that death, or the tracker will learn of the node's return.
  if (at.isContradicted()) {
    watch.sinceMs = nowMs;
    return undefined;
  }
  return changeTo(watch, "hub", watch.mode === "hub" ? "configured" : "many_nodes");
}

/** When the source may change without an event; `Infinity` if it cannot. */
export function watchDeadlineMs(watch: WatchSource, nowMs: number): number {
  if (watch.mode === "all" || watch.word.visibleSinceMs === Infinity) return Infinity;
  return Math.min(nextDoubtMs(watch.word, nowMs), changeMs(watch));
}

/** A blind tracker hears nobody. It cannot judge the hub, and no other source would help. */
function follow(watch: WatchSource, nowMs: number): void {
  const { word } = watch;
  if (word.visibleSinceMs === Infinity) {
    watch.sinceMs = Infinity;
    return;
  }
  const doubt = doubtAt(word, nowMs);
  const isOther = (doubt === undefined) !== (watch.doubt === undefined);
  if (isOther || watch.sinceMs === Infinity) watch.sinceMs = nowMs;
  watch.doubt = doubt;
}

function changeMs(watch: WatchSource): number {
  const { source, mode, doubt, sinceMs, word } = watch;
  const nodes = word.view?.nodes ?? 0;
  if (source === "all") {
    const wantsHub = mode === "hub" || nodes >= HUB_FROM_NODES;
    return doubt === undefined && wantsHub ? sinceMs + PROVEN_AFTER_MS : Infinity;
  }
  if (doubt !== undefined) return sinceMs + patienceMs(doubt);
  return mode === "auto" && nodes < ALL_BELOW_NODES ? sinceMs : Infinity;
}

/** These two doubts begin only after a while, so they need no additional delay. */
function patienceMs(doubt: HubDoubt): number {
  return doubt === "silent" || doubt === "behind" ? 0 : PATIENCE_MS;
}

function changeTo(
  watch: WatchSource,
  source: "all" | "hub",
  reason: WatchReason,
): WatchChange {
  watch.source = source;
  watch.isUnproven = false;
  return { kind: "watch", source, reason, nodes: watch.word.view?.nodes };
}
