/**
 * Whether the broker drops messages for the hub: whether many nodes lack heartbeats or births. The
 * broker's own count, where it tells one, says why. It proves nothing alone, because it counts for all
 * its clients, and another one may be away for weeks while its queue overflows.
 */

import type { Machine } from "../machine.ts";

/** Losses within this time belong together. */
const WINDOW_MS = 5 * 60_000;
/** So many losses, over this time at least, are a fault. */
const LOSSES_MIN = 4;
const SPAN_MS_MIN = 60_000;
/**
 * A hub that connects is sent the births of all nodes. If a broker has dropped so many messages, and
 * nodes send heartbeats without a birth, their births are lost.
 */
const DROPPED_MIN = 100;
/** Retained births have arrived by then. */
const BIRTHS_MS = 20_000;
/** The fault is over when nothing was lost for this long. */
const OVER_MS = 10 * 60_000;
/** Bad radio makes a few nodes lose heartbeats: so many must have, and such a share of all. */
const NODES_MIN = 3;
const SHARE_MIN = 0.1;

export const MESSAGE_LOSSES = ["dropped_by_broker", "heartbeats_missing"] as const;

export type MessageLoss = typeof MESSAGE_LOSSES[number];

export type LossInput =
  /** The hub has connected to the broker. */
  | { readonly kind: "connected" }
  /** How many messages the broker has dropped since it started. */
  | { readonly kind: "dropped"; readonly count: number }
  /**
   * Of the nodes whose heartbeats were heard within some seconds: how many had gaps, and how many have
   * no birth on this connection.
   */
  | {
    readonly kind: "heard";
    readonly nodes: number;
    readonly gaps: number;
    readonly unborn: number;
  };

/** A fault begins or ends. */
export interface LossOutput {
  /** `undefined`: it is over. */
  readonly loss: MessageLoss | undefined;
  readonly sinceMs: number;
}

export interface LossState {
  /** When the present or last connection began. */
  readonly connectedMs: number;
  /** The broker's last count on this connection, if it tells one, and when it last grew. */
  readonly count: number | undefined;
  readonly droppedMs: number;
  /** The instants of the losses within the window. */
  readonly losses: readonly number[];
  readonly lastLossMs: number;
  /** `perhaps`: an earlier run of the hub may have reported one. */
  readonly hasFault: boolean | "perhaps";
}

export function newLossState(nowMs: number): LossState {
  return {
    connectedMs: nowMs,
    count: undefined,
    droppedMs: -Infinity,
    losses: [],
    lastLossMs: nowMs,
    hasFault: "perhaps",
  };
}

export const messageLoss: Machine<LossState, LossInput, LossOutput> = {
  step(state, input, nowMs) {
    switch (input.kind) {
      case "connected": {
        // What was lost with the last connection says nothing of this one.
        const { lastLossMs, hasFault } = state;
        return [{ ...newLossState(nowMs), lastLossMs, hasFault }, []];
      }
      case "dropped":
        return [counted(state, input.count, nowMs), []];
      case "heard": {
        const isMany = (nodes: number) => nodes >= NODES_MIN && nodes >= input.nodes * SHARE_MIN;
        const areBirthsLost = (state.count ?? 0) >= DROPPED_MIN && isMany(input.unborn) &&
          nowMs - state.connectedMs >= BIRTHS_MS;
        if (!areBirthsLost && !isMany(input.gaps)) return [state, []];
        return lose(state, nowMs, areBirthsLost);
      }
      case "tick":
        return nowMs < overMs(state)
          ? [state, []]
          : [{ ...state, hasFault: false }, [{ loss: undefined, sinceMs: nowMs }]];
    }
  },
  deadlineMs: overMs,
};

function overMs({ hasFault, lastLossMs }: LossState): number {
  return hasFault === false ? Infinity : lastLossMs + OVER_MS;
}

function counted(state: LossState, count: number, nowMs: number): LossState {
  const { count: before, droppedMs } = state;
  // A smaller count is that of a broker that was restarted.
  const hasGrown = before !== undefined && count > before;
  return { ...state, count, droppedMs: hasGrown ? nowMs : droppedMs };
}

/** Lost births are a fault at once: the hub does not know those nodes. */
function lose(
  state: LossState,
  nowMs: number,
  areBirthsLost: boolean,
): readonly [LossState, readonly LossOutput[]] {
  const losses = [...state.losses.filter((atMs) => nowMs - atMs < WINDOW_MS), nowMs];
  const [firstMs = nowMs] = losses;
  const isLasting = losses.length >= LOSSES_MIN && nowMs - firstMs >= SPAN_MS_MIN;
  const begins = state.hasFault !== true && (areBirthsLost || isLasting);
  const next = { ...state, losses, lastLossMs: nowMs, hasFault: begins || state.hasFault };
  if (!begins) return [next, []];
  const isCounted = nowMs - state.droppedMs < WINDOW_MS;
  const loss = isCounted ? "dropped_by_broker" : "heartbeats_missing";
  return [next, [{ loss, sinceMs: firstMs }]];
}
