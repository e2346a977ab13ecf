/**
 * Whether a tracker may rely on the hub's word: the hub lives, sees the cluster, and the tracker has
 * its latest view.
 */

import type { HubView } from "../protocol/hub_view.ts";
import type { Echo, HubStatus } from "../protocol/wire.ts";

/** The hub sends an echo at least every 5 s, without acknowledgement, so that one may be lost. */
const SILENT_MS = 12_000;
/** A view is published before the echo that repeats its number, but may be delivered after it. */
const BEHIND_MS = 3000;

/** What a tracker knows from the hub. Instants are monotonic milliseconds. */
export interface HubWord {
  /** The latest view of the hub. It proves nothing until the same run of the hub is heard. */
  view: HubView | undefined;
  /** The run of the hub that was heard live last. */
  session: string | undefined;
  /** The last echo of `session`. */
  heardMs: number;
  /** The number of the latest view, according to the echoes of `session`. */
  newest: number;
  /** Since when the tracker's view is older than `newest`; `Infinity` when it is not. */
  behindSinceMs: number;
  /** The hub said farewell or the broker published its last will, and the hub was not heard since. */
  isGone: boolean;
  /** Since when the tracker sees; `Infinity` while it is blind. */
  visibleSinceMs: number;
}

/** Why the hub's word does not count. */
export type HubDoubt = "no_view" | "gone" | "silent" | "blind" | "behind";

export function newHubWord(): HubWord {
  return {
    view: undefined,
    session: undefined,
    heardMs: -Infinity,
    newest: 0,
    behindSinceMs: Infinity,
    isGone: false,
    visibleSinceMs: Infinity,
  };
}

export function hearEcho(word: HubWord, echo: Echo, nowMs: number): void {
  if (echo.node !== undefined) return;
  word.session = echo.observer;
  word.heardMs = nowMs;
  word.isGone = false;
  word.newest = echo.view ?? 0;
  compare(word, nowMs);
}

/** Only an echo proves which run of the hub lives. */
export function hearView(word: HubWord, view: HubView, nowMs: number): void {
  word.view = view;
  compare(word, nowMs);
}

export function hearStatus(word: HubWord, { message, retained }: HubStatus): void {
  if (message === undefined) word.isGone = true;
  else if (message.kind === "birth") word.isGone = false;
  // A broker may publish the last will of a run after the birth of the next one.
  else word.isGone ||= retained || message.session === (word.session ?? message.session);
}

/** The tracker sees again, or no longer. It could not hear the hub meanwhile. */
export function hearVisibility(word: HubWord, blind: boolean, nowMs: number): void {
  word.visibleSinceMs = blind ? Infinity : nowMs;
  if (word.behindSinceMs < Infinity) word.behindSinceMs = nowMs;
}

/** The view, if the run of the hub that published it was heard since. */
export function confirmedView({ view, session }: HubWord): HubView | undefined {
  return view !== undefined && view.session === session ? view : undefined;
}

/** Why the hub's word does not count at an instant; `undefined` if it counts. */
export function doubtAt(word: HubWord, nowMs: number): HubDoubt | undefined {
  const { view, isGone } = word;
  if (isGone) return "gone";
  if (nowMs >= silentMs(word)) return "silent";
  if (view === undefined) return "no_view";
  if (nowMs >= word.behindSinceMs + BEHIND_MS) return "behind";
  return view.blind ? "blind" : undefined;
}

/** When the answer of `doubtAt` may change without an event. */
export function nextDoubtMs(word: HubWord, nowMs: number): number {
  return Math.min(...[silentMs(word), word.behindSinceMs + BEHIND_MS].filter((ms) => ms > nowMs));
}

/** A tracker that sees for the first time has waited for no echo yet. */
function silentMs({ heardMs, visibleSinceMs }: HubWord): number {
  return Math.max(heardMs, visibleSinceMs) + SILENT_MS;
}

function compare(word: HubWord, nowMs: number): void {
  if (word.session === undefined) return;
  const has = confirmedView(word)?.number ?? -1;
  if (has >= word.newest) word.behindSinceMs = Infinity;
  else if (word.behindSinceMs === Infinity) word.behindSinceMs = nowMs;
}
