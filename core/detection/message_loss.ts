/**
 * Whether the broker drops messages: by its own count where it tells that, else by the heartbeats
 * that are missing.
 *
 * One loss is no fault: the queue of a client that died overflows until its keepalive has passed.
 */

import type { Machine } from "../machine.ts";

/** Losses within this time belong together. */
const WINDOW_MS = 5 * 60_000;
/** So many losses, over this time at least, are a fault. */
const LOSSES_MIN = 4;
const SPAN_MS_MIN = 60_000;
/**
 * A hub that has just connected is sent everything that is retained. If the broker drops so many
 * messages meanwhile, they are births, and the hub does not know those nodes.
 */
const BURST_MIN = 100;
const BURST_MS = 60_000;
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
  /** Of the nodes that were heard within some seconds, those whose heartbeats have gaps. */
  | { readonly kind: "gaps"; readonly nodes: number; readonly of: number };

/** A fault begins or ends. */
export interface LossOutput {
  /** `undefined`: it is over. */
  readonly loss: MessageLoss | undefined;
  readonly sinceMs: number;
}

export interface LossState {
  /** When the present or last connection began. */
  readonly connectedMs: number;
  /** The broker's last count on this connection, if it tells one. */
  readonly count: number | undefined;
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
    losses: [],
    lastLossMs: nowMs,
    hasFault: "perhaps",
  };
}

export const messageLoss: Machine<LossState, LossInput, LossOutput> = {
  step(state, input, nowMs) {
    switch (input.kind) {
      case "connected":
        // What was lost with the last connection says nothing of this one.
        return [{ ...state, connectedMs: nowMs, count: undefined, losses: [] }, []];
      case "dropped":
        return takeCount(state, input.count, nowMs);
      case "gaps": {
        const { nodes, of } = input;
        const isLoss = state.count === undefined && nodes >= NODES_MIN && nodes >= of * SHARE_MIN;
        return isLoss ? lose(state, { loss: "heartbeats_missing", nowMs }) : [state, []];
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

function takeCount(
  state: LossState,
  count: number,
  nowMs: number,
): readonly [LossState, readonly LossOutput[]] {
  const { count: before, connectedMs } = state;
  const next = { ...state, count };
  // A smaller count is that of a broker that was restarted.
  if (before === undefined || count <= before) return [next, []];
  const isBurst = count - before >= BURST_MIN && nowMs - connectedMs < BURST_MS;
  return lose(next, { loss: "dropped_by_broker", nowMs, isBurst });
}

function lose(
  state: LossState,
  { loss, nowMs, isBurst = false }: {
    readonly loss: MessageLoss;
    readonly nowMs: number;
    readonly isBurst?: boolean;
  },
): readonly [LossState, readonly LossOutput[]] {
  const losses = [...state.losses.filter((atMs) => nowMs - atMs < WINDOW_MS), nowMs];
  const [firstMs = nowMs] = losses;
  const isLasting = losses.length >= LOSSES_MIN && nowMs - firstMs >= SPAN_MS_MIN;
  const begins = state.hasFault !== true && (isBurst || isLasting);
  const hasFault = begins || state.hasFault;
  const next = { ...state, losses, lastLossMs: nowMs, hasFault };
  return [next, begins ? [{ loss, sinceMs: firstMs }] : []];
}
