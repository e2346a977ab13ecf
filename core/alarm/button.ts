/** A push button: from the edges of its line, bouncing and read late, to presses. */

import type { Machine, Tick } from "../machine.ts";

/** Contacts bounce: a level counts once it lasted this long. */
const DEBOUNCE_MS = 20;
/** Who holds the button down for this long means something else. */
const LONG_MS = 3000;
/** A program that ran late may have an edge unread: it is waited for once. */
const LATE_MS = 100;

/** The line changed. */
export interface ButtonEdge {
  readonly kind: "edge";
  readonly pressed: boolean;
  /** When, by the kernel, on the monotonic clock; edges may be read late, and many at once. */
  readonly atMs: number;
  /** What the calendar shows for that instant. */
  readonly wallMs: number;
}

/** The line is watched no more, so nobody can tell when the button is released. */
export interface ButtonLost {
  readonly kind: "button_lost";
}

export type ButtonInput = ButtonEdge | ButtonLost;

/** Somebody pressed the button; a long press is told while the button is still down. */
export interface Press {
  readonly kind: "press";
  readonly length: "short" | "long";
  /** What the calendar shows as it is told. */
  readonly wallMs: number;
}

export interface ButtonState {
  /** The level by the last edge, and since when. */
  raw: { readonly pressed: boolean; readonly sinceMs: number };
  /** Since when the button is down, bouncing left out; `undefined`: it is up, or was before the start. */
  pressedMs: number | undefined;
  /** The press was told as a long one. */
  isTold: boolean;
  /** The deadline for which a late tick waits, and until when. */
  late: { readonly dueMs: number; readonly untilMs: number };
  /** The calendar at the monotonic instant 0. */
  epochMs: number;
}

/** As if up: of a press that began before, only the release can be heard, and gives nothing. */
export function newButton(): ButtonState {
  return {
    raw: { pressed: false, sinceMs: -Infinity },
    pressedMs: undefined,
    isTold: false,
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

/** When the last edge means something new if no other comes. */
function dueMs({ raw, pressedMs, isTold }: ButtonState): number {
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
  // The kernel drops edges that nobody reads: after a press that never ended a new one begins.
  if (edge.pressed && state.raw.pressed) state.pressedMs = undefined;
  state.raw = { pressed: edge.pressed, sinceMs: atMs };
  return presses;
}

/** What the time until an instant makes of the last edge. */
function pass(state: ButtonState, untilMs: number): Press["length"][] {
  const { raw } = state;
  const isSettled = untilMs >= raw.sinceMs + DEBOUNCE_MS;
  if (!raw.pressed) {
    if (!isSettled || state.pressedMs === undefined) return [];
    state.pressedMs = undefined;
    return state.isTold ? [] : ["short"];
  }
  if (isSettled && state.pressedMs === undefined) {
    state.pressedMs = raw.sinceMs;
    state.isTold = false;
  }
  if (state.isTold || untilMs < (state.pressedMs ?? Infinity) + LONG_MS) return [];
  state.isTold = true;
  return ["long"];
}

/** What contradicts the last edge may lie unread where the program comes late. */
function waitsForUnread(state: ButtonState, nowMs: number): boolean {
  const due = dueMs(state);
  if (nowMs >= due + LATE_MS && state.late.dueMs !== due) {
    state.late = { dueMs: due, untilMs: nowMs + LATE_MS };
  }
  return state.late.dueMs === due && nowMs < state.late.untilMs;
}
