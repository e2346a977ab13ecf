/**
 * Detects that the broker drops messages for the hub: heartbeats or births of many nodes are missing.
 * If the broker publishes its own count of dropped messages, the count shows the cause. The count
 * alone proves nothing, because it includes all clients: the queue of another client may overflow
 * for weeks.
 */

import type { Machine } from "../machine.ts";

/** Losses within this time belong together. */
const WINDOW_MS = 5 * 60_000;
/** This many losses, spread over at least `SPAN_MS_MIN`, are a fault. */
const LOSSES_MIN = 4;
const SPAN_MS_MIN = 60_000;
/**
 * A broker sends the births of all nodes to a hub that connects. If the broker has dropped this many
 * messages, and nodes send heartbeats without a birth, their births are lost.
 */
const DROPPED_MIN = 100;
/** All retained births arrive within this time after the connect. */
const BIRTHS_MS = 20_000;
/** The fault is over when nothing was lost for this long. */
const OVER_MS = 10 * 60_000;
/** Bad radio affects only a few nodes. A loss needs this many nodes, and this share of all nodes. */
const NODES_MIN = 3;
const SHARE_MIN = 0.1;

export const MESSAGE_LOSSES = ["dropped_by_broker", "heartbeats_missing"] as const;

export type MessageLoss = typeof MESSAGE_LOSSES[number];

export type LossInput =
  /** The hub has connected to the broker. */
  | { readonly kind: "connected" }
  /** The number of messages that the broker has dropped since it started. */
  | { readonly kind: "dropped"; readonly count: number }
  /**
   * The nodes whose heartbeats were heard within some seconds: how many had gaps, and how many have no
   * birth on this connection.
   */
  | {
    readonly kind: "heard";
    readonly nodes: number;
    readonly gaps: number;
    readonly unborn: number;
  };

/** A fault begins or ends. */
export interface LossOutput {
  /** `undefined`: the fault is over. */
  readonly loss: MessageLoss | undefined;
  readonly sinceMs: number;
}

export interface LossState {
  /** When the present or last connection began. */
  readonly connectedMs: number;
  /** The broker's last count on this connection, if it publishes one. */
  readonly count: number | undefined;
  /** When the count last increased. */
  readonly droppedMs: number;
  /** The instants of the losses within the window. */
  readonly losses: readonly number[];
  readonly lastLossMs: number;
  /** `perhaps`: an earlier run of the hub may have reported a fault. */
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
        // Losses on the last connection say nothing about this one.
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
  // The count of a restarted broker is smaller.
  const hasGrown = before !== undefined && count > before;
  return { ...state, count, droppedMs: hasGrown ? nowMs : droppedMs };
}

/** Lost births are a fault at once, because the hub does not know those nodes. */
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
