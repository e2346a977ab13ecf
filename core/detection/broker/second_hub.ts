/**
 * Whether another hub uses the same broker. Two hubs on one broker by mistake tell everything twice,
 * and each takes the other's silences of buzzers for forgeries.
 */

import type { Machine } from "../../machine.ts";

/** The last echo of the hub's own previous run may still arrive, but no later ones. */
const CERTAIN_MS = 3000;
/** A hub sends an echo at least every 5 s. A restart takes less than this. */
const GONE_MS = 60_000;
/** The other hub is alive if it was heard within this time. */
const ALIVE_MS = 15_000;

/** An echo on the hub's own topic by somebody else. `observer` names the run of that hub. */
export interface OtherEcho {
  readonly kind: "other_echo";
  readonly observer: string;
}

/** Another hub uses the broker, or no longer. */
export interface SecondHub {
  readonly kind: "second_hub";
  readonly isPresent: boolean;
  readonly sinceMs: number;
}

/** Instants are monotonic milliseconds. */
export interface SecondHubState {
  /** The run that was heard last, and when its first echo arrived. */
  readonly first: { readonly observer: string; readonly atMs: number } | undefined;
  readonly heardMs: number;
  /** What was reported. `perhaps`: an earlier run may have reported a second hub. */
  readonly reported: boolean | "perhaps";
  readonly beganMs: number;
}

export function newSecondHub(nowMs: number): SecondHubState {
  return { first: undefined, heardMs: -Infinity, reported: "perhaps", beganMs: nowMs };
}

/** Whether a silence that seems forged may be that of another hub. */
export function isOtherHubAlive({ heardMs }: SecondHubState, nowMs: number): boolean {
  return nowMs < heardMs + ALIVE_MS;
}

export const secondHubMachine: Machine<SecondHubState, OtherEcho, SecondHub> = {
  step(state, input, nowMs) {
    if (input.kind === "tick") {
      if (nowMs < goneMs(state)) return [state, []];
      const over = { kind: "second_hub", isPresent: false, sinceMs: nowMs } as const;
      return [{ ...state, first: undefined, reported: false }, [over]];
    }
    const { observer } = input;
    const first = state.first?.observer === observer ? state.first : { observer, atMs: nowMs };
    const next = { ...state, first, heardMs: nowMs };
    if (state.reported === true || nowMs < first.atMs + CERTAIN_MS) return [next, []];
    const found = { kind: "second_hub", isPresent: true, sinceMs: first.atMs } as const;
    return [{ ...next, reported: true }, [found]];
  },
  deadlineMs: goneMs,
};

function goneMs({ reported, heardMs, beganMs }: SecondHubState): number {
  return reported === false ? Infinity : Math.max(heardMs, beganMs) + GONE_MS;
}
