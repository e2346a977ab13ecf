/**
 * What the hub tells the watcher outside of the house, and when: that it works, or why it does not.
 *
 * The hub cannot report its own death or a power cut of the whole house. The watcher outside
 * notices that the pings have stopped. So a ping is only sent while the hub really works.
 */

import type { HistoryFault } from "../alerting/cause.ts";
import type { Blindness } from "../detection/blindness.ts";
import type { Machine } from "../machine.ts";

/** After a ping that was not accepted the next one follows sooner, and then less and less often. */
const RETRY_MS = 5000;
/** A ping whose end was not reported counts as lost after this time. */
const LOST_MS = 60_000;

/** Something that keeps the hub from its work. Instants are monotonic. */
export type WatchdogFault =
  /** The hub does not see the cluster. */
  | { readonly kind: "blind"; readonly cause: Blindness; readonly sinceMs: number }
  /** What happens is not on disk. */
  | { readonly kind: "storage"; readonly cause: HistoryFault; readonly sinceMs: number }
  /** A message waits, and none has gone out since. */
  | { readonly kind: "outbox"; readonly sinceMs: number }
  /** No provider of messages can be reached. */
  | { readonly kind: "providers"; readonly sinceMs: number }
  /** The hub's loop does not turn. */
  | { readonly kind: "stuck"; readonly sinceMs: number };

/** Why the watcher did not accept a ping. */
export interface PingError {
  readonly code: "no_answer" | "redirected" | "unreachable" | "refused";
  /** Of HTTP, where it answered. */
  readonly status?: number;
  /** The first words of the answer, or those of the system. */
  readonly said?: string;
}

export type WatchdogInput =
  /** What keeps the hub from its work at present. Empty: nothing. */
  | { readonly kind: "observed"; readonly faults: readonly WatchdogFault[] }
  | { readonly kind: "ping_ended"; readonly number: number; readonly error: PingError | undefined };

/** The caller sends this ping, and reports its end. */
export interface SendPing {
  readonly kind: "ping";
  readonly number: number;
  /** Why the hub does not work; empty: it works. */
  readonly faults: readonly WatchdogFault[];
}

export interface WatchdogState {
  /** As last observed; `undefined` before the first observation. */
  faults: readonly WatchdogFault[] | undefined;
  number: number;
  /** When the ping under way began. */
  pingingSinceMs: number | undefined;
  /** What the ping under way says. */
  saying: "works" | "fails";
  /** What the watcher last accepted, and when that ping began. */
  accepted: { readonly said: "works" | "fails"; readonly atMs: number } | undefined;
  /** Why the last ping was not accepted; `undefined` if it was. */
  error: PingError | undefined;
  /** The number of pings in a row that were not accepted. */
  misses: number;
  /** When the next ping is due. A change of the verdict does not wait for it after a success. */
  nextMs: number;
}

export interface WatchdogOptions {
  readonly everyMs: number;
  /** A shorter fault is not reported. No ping is sent meanwhile. */
  readonly holdMs: number;
  /** Whether the watcher can be told about faults. If not, the hub only falls silent. */
  readonly saysFaults: boolean;
}

export function newWatchdog(): WatchdogState {
  return {
    faults: undefined,
    number: 0,
    pingingSinceMs: undefined,
    saying: "works",
    accepted: undefined,
    error: undefined,
    misses: 0,
    nextMs: -Infinity,
  };
}

export function watchdogMachine(
  options: WatchdogOptions,
): Machine<WatchdogState, WatchdogInput, SendPing> {
  return {
    step(state, input, nowMs) {
      if (input.kind === "observed") state.faults = input.faults;
      if (input.kind === "ping_ended") endPing(state, input, { ...options, nowMs });
      return [state, pass(state, options, nowMs)];
    },
    deadlineMs: (state) => deadlineMs(state, options),
  };
}

/** The faults that last long enough to be reported at this instant. */
export function lastingFaults(
  { faults = [] }: Pick<WatchdogState, "faults">,
  { holdMs }: Pick<WatchdogOptions, "holdMs">,
  nowMs: number,
): readonly WatchdogFault[] {
  return faults.filter((fault) => lastsFromMs(fault, holdMs) <= nowMs);
}

/** The watch of the providers has its own hold, which is over when it reports them. */
function lastsFromMs({ kind, sinceMs }: WatchdogFault, holdMs: number): number {
  return kind === "providers" || kind === "stuck" ? sinceMs : sinceMs + holdMs;
}

/** What is true now; `undefined` while a fault is too short to tell. */
function verdictAt(
  state: WatchdogState,
  options: WatchdogOptions,
  nowMs: number,
): WatchdogState["saying"] | undefined {
  if (state.faults === undefined) return undefined;
  if (state.faults.length === 0) return "works";
  const isLasting = lastingFaults(state, options, nowMs).length > 0;
  return isLasting && options.saysFaults ? "fails" : undefined;
}

function pass(
  state: WatchdogState,
  options: WatchdogOptions,
  nowMs: number,
): readonly SendPing[] {
  const { pingingSinceMs } = state;
  if (pingingSinceMs !== undefined) {
    if (nowMs < pingingSinceMs + LOST_MS) return [];
    const { number } = state;
    endPing(state, { number, error: { code: "no_answer" } }, { ...options, nowMs });
  }
  const verdict = verdictAt(state, options, nowMs);
  if (verdict === undefined || nowMs < dueMs(state, verdict)) return [];
  state.number++;
  state.pingingSinceMs = nowMs;
  state.saying = verdict;
  const faults = verdict === "works" ? [] : lastingFaults(state, options, nowMs);
  return [{ kind: "ping", number: state.number, faults }];
}

/** A change is told at once, unless the watcher cannot be reached. */
function dueMs({ accepted, misses, nextMs }: WatchdogState, verdict: "works" | "fails"): number {
  return misses === 0 && accepted?.said !== verdict ? -Infinity : nextMs;
}

function endPing(
  state: WatchdogState,
  { number, error }: { readonly number: number; readonly error: PingError | undefined },
  { everyMs, nowMs }: Pick<WatchdogOptions, "everyMs"> & { readonly nowMs: number },
): void {
  const { pingingSinceMs, saying } = state;
  if (pingingSinceMs === undefined || number !== state.number) return;
  state.pingingSinceMs = undefined;
  state.error = error;
  if (error === undefined) {
    state.misses = 0;
    state.accepted = { said: saying, atMs: pingingSinceMs };
    // Counted from the beginning, so that slow answers do not add up.
    state.nextMs = Math.max(pingingSinceMs + everyMs, nowMs);
    return;
  }
  state.misses++;
  state.nextMs = nowMs + Math.min(everyMs, RETRY_MS * 2 ** (state.misses - 1));
}

function deadlineMs(state: WatchdogState, options: WatchdogOptions): number {
  const { pingingSinceMs, faults, nextMs } = state;
  if (pingingSinceMs !== undefined) return pingingSinceMs + LOST_MS;
  if (faults === undefined) return Infinity;
  if (faults.length === 0) return nextMs;
  if (!options.saysFaults) return Infinity;
  const lastsMs = Math.min(...faults.map((fault) => lastsFromMs(fault, options.holdMs)));
  return Math.max(lastsMs, dueMs(state, "fails"));
}
