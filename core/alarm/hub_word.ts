/**
 * Whether a tracker may rely on the hub's word: the hub lives, sees the cluster, and the tracker has
 * its latest view.
 */

import type { FromBroker } from "../detection/cluster_state.ts";
import type { HubView } from "../protocol/hub_view.ts";
import type { Echo, HubStatus } from "../protocol/wire.ts";

/** The hub sends an echo at least every 5 s, without acknowledgement, so that one may be lost. */
const SILENT_MS = 12_000;
/** A hub that was heard within this time is alive. Another hub on the same broker is not followed. */
const FRESH_MS = 6000;
/** A view is published before the echo that repeats its number, but may be delivered after it. */
const BEHIND_MS = 3000;

/** What a tracker knows from the hub. Instants are monotonic milliseconds. */
export interface HubWord {
  /** The latest view of the hub. It proves nothing until the same run of the hub is heard. */
  view: HubView | undefined;
  /** The latest view of another run, which may be the next one, or another hub. */
  otherView: HubView | undefined;
  /** The run of the hub that was heard live last. */
  session: string | undefined;
  /** The last echo of `session`. */
  heardMs: number;
  /** The same, by broker. */
  heardByMs: (number | undefined)[];
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
    otherView: undefined,
    session: undefined,
    heardMs: -Infinity,
    heardByMs: [],
    newest: 0,
    behindSinceMs: Infinity,
    isGone: false,
    visibleSinceMs: Infinity,
  };
}

export function hearEcho(word: HubWord, echo: Echo & FromBroker, nowMs: number): void {
  if (echo.node !== undefined) return;
  if (word.session !== echo.observer) {
    if (isFresh(word, nowMs)) return;
    follow(word, echo.observer);
  }
  word.heardMs = nowMs;
  word.heardByMs[echo.link ?? 0] = nowMs;
  word.isGone = false;
  word.newest = echo.view ?? 0;
  compare(word, nowMs);
}

/** Only an echo proves which run of the hub lives. */
export function hearView(word: HubWord, view: HubView, nowMs: number): void {
  if (word.session !== undefined && view.session !== word.session) {
    word.otherView = view;
    if (isFresh(word, nowMs)) return;
  }
  word.view = view;
  compare(word, nowMs);
}

export function hearStatus(
  word: HubWord,
  { message, retained, link = 0 }: HubStatus & FromBroker,
  nowMs: number,
): void {
  if (message === undefined || message.kind === "birth") {
    word.isGone = message === undefined;
    return;
  }
  if (message.kind === "last_will" && message.session === word.session) {
    word.heardByMs[link] = undefined;
    // One broker has lost the hub, and another one has it.
    if (isHeardBeside(word, link, nowMs)) return;
  }
  // A broker may publish the last will of a run after the birth of the next one.
  word.isGone ||= retained || message.session === (word.session ?? message.session);
}

/** Whether another broker than this one brought an echo of the hub just now. */
function isHeardBeside({ heardByMs }: HubWord, link: number, nowMs: number): boolean {
  return heardByMs.some((ms, index) => index !== link && nowMs < (ms ?? -Infinity) + FRESH_MS);
}

function isFresh({ session, heardMs, isGone }: HubWord, nowMs: number): boolean {
  return session !== undefined && !isGone && nowMs < heardMs + FRESH_MS;
}

function follow(word: HubWord, session: string): void {
  word.session = session;
  word.heardByMs = [];
  if (word.otherView?.session === session) word.view = word.otherView;
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
