/** A push button: turns the edges of its line, which bounce and may be read late, into presses. */

import type { Machine, Tick } from "../machine.ts";

/** Contacts bounce: a level counts after it lasted this long. */
const DEBOUNCE_MS = 20;
/** A press of this length is a long one, which has another meaning. */
const LONG_MS = 3000;
/** A program that ran late may have an unread edge, so it waits for it once, this long. */
const LATE_MS = 100;

/** The level of the line changed. */
export interface ButtonEdge {
  readonly kind: "edge";
  readonly pressed: boolean;
  /** The kernel's instant on the monotonic clock. Edges may be read late, and many at once. */
  readonly atMs: number;
  /** The wall clock at that instant. */
  readonly wallMs: number;
}

/** The line is no longer watched, so the release of the button would be missed. */
export interface ButtonLost {
  readonly kind: "button_lost";
}

export type ButtonInput = ButtonEdge | ButtonLost;

/** The button was pressed. A long press is reported while the button is still down. */
export interface Press {
  readonly kind: "press";
  readonly length: "short" | "long";
  /** The wall clock at the instant of the report. */
  readonly wallMs: number;
}

export interface ButtonState {
  /** The level of the last edge, and its instant. */
  raw: { readonly pressed: boolean; readonly sinceMs: number };
  /**
   * Since when the button is down, after debouncing; `undefined`: it is up, or was down at the
   * start.
   */
  pressedMs: number | undefined;
  /** The present press was reported as a long one. */
  isReported: boolean;
  /** The deadline for which a late tick waits, and the end of that wait. */
  late: { readonly dueMs: number; readonly untilMs: number };
  /** The wall clock at the monotonic instant 0. */
  epochMs: number;
}

/**
 * Starts with the button up. If it is already down, only its release is seen, which reports
 * nothing.
 */
export function newButton(): ButtonState {
  return {
    raw: { pressed: false, sinceMs: -Infinity },
    pressedMs: undefined,
    isReported: false,
    late: { dueMs: -Infinity, untilMs: -Infinity },
    epochMs: 0,
  };
}

export const buttonMachine: Machine<ButtonState, ButtonInput, Press> = {
  step(state, input, nowMs) {
    const presses = take(state, input, nowMs).map((length): Press => (
      { kind: "press", length, wallMs: state.epochMs + nowMs }
    ));
    return [state, presses];
  },
  deadlineMs(state) {
    const due = dueMs(state);
    return state.late.dueMs === due ? state.late.untilMs : due;
  },
};

/** When the last edge gets a new meaning if no other edge follows. */
function dueMs({ raw, pressedMs, isReported: isTold }: ButtonState): number {
  if (raw.pressed !== (pressedMs !== undefined)) return raw.sinceMs + DEBOUNCE_MS;
  return pressedMs === undefined || isTold ? Infinity : pressedMs + LONG_MS;
}

function take(state: ButtonState, input: ButtonInput | Tick, nowMs: number): Press["length"][] {
  switch (input.kind) {
    case "edge":
      return takeEdge(state, input, nowMs);
    case "button_lost":
      Object.assign(state, newButton());
      return [];
    case "tick":
      return waitsForUnread(state, nowMs) ? [] : pass(state, nowMs);
  }
}

function takeEdge(state: ButtonState, edge: ButtonEdge, nowMs: number): Press["length"][] {
  state.epochMs = edge.wallMs - edge.atMs;
  const atMs = Math.max(state.raw.sinceMs, Math.min(edge.atMs, nowMs));
  const presses = pass(state, atMs);
  // The kernel drops unread edges. If a press has no end, the next press edge begins a new press.
  if (edge.pressed && state.raw.pressed) state.pressedMs = undefined;
  state.raw = { pressed: edge.pressed, sinceMs: atMs };
  return presses;
}

/** The presses that the time between the last edge and an instant completes. */
function pass(state: ButtonState, untilMs: number): Press["length"][] {
  const { raw } = state;
  const isSettled = untilMs >= raw.sinceMs + DEBOUNCE_MS;
  if (!raw.pressed) {
    if (!isSettled || state.pressedMs === undefined) return [];
    state.pressedMs = undefined;
    return state.isReported ? [] : ["short"];
  }
  if (isSettled && state.pressedMs === undefined) {
    state.pressedMs = raw.sinceMs;
    state.isReported = false;
  }
  if (state.isReported || untilMs < (state.pressedMs ?? Infinity) + LONG_MS) return [];
  state.isReported = true;
  return ["long"];
}

/**
 * Whether to wait: a program that runs late may have an unread edge that contradicts the last one.
 */
function waitsForUnread(state: ButtonState, nowMs: number): boolean {
  const due = dueMs(state);
  if (nowMs >= due + LATE_MS && state.late.dueMs !== due) {
    state.late = { dueMs: due, untilMs: nowMs + LATE_MS };
  }
  return state.late.dueMs === due && nowMs < state.late.untilMs;
}
