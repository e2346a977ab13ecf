/** What people order of a tracker: silence or a test, by its own button, another's, or the hub. */

import type { LinkInput } from "../detection/cluster_state.ts";
import type { Tick } from "../machine.ts";
import type { AlarmSilence, AlarmTest } from "../protocol/wire.ts";
import {
  type ButtonInput,
  buttonMachine,
  type ButtonState,
  newButton,
  type Press,
} from "./button.ts";
import { isOwn, isUnsaid, newOwnSilence, type OwnSilence, sayOwn, withOwn } from "./own_silence.ts";
import { newPressBudget, type PressBudget, takePress } from "./press_budget.ts";
import { heardSilence, NO_SILENCE, type Silence, type SilenceInput } from "./silence.ts";

/** How long a test of the alarm lasts. */
export const ALARM_TEST_MS = 5000;

export interface OrdersState {
  readonly button: ButtonState;
  /** What is silenced now, by whomever. */
  silence: Silence;
  /** What this Pi's button silenced last. */
  own: OwnSilence | undefined;
  /** Of the presses of others; this Pi's own button costs nothing. */
  readonly budget: PressBudget;
  /** Until when a test of the alarm lasts. */
  testUntilMs: number;
}

/** To be published on the topic of presses, retained: all trackers are to fall silent. */
export interface SaySilence {
  readonly kind: "say_silence";
  readonly silence: AlarmSilence;
}

export type OrderInput = SilenceInput | ButtonInput | AlarmTest | LinkInput;

export function newOperatorCommands(): OrdersState {
  return {
    button: newButton(),
    silence: NO_SILENCE,
    own: undefined,
    budget: newPressBudget(),
    testUntilMs: -Infinity,
  };
}

/** When the button means something new though nothing happens. */
export function orderDeadlineMs({ button }: OrdersState): number {
  return buttonMachine.deadlineMs(button);
}

interface OrderInstant {
  readonly nowMs: number;
  /** The node whose alarm this is. */
  readonly self: string | undefined;
}

export function takeCommand(
  orders: OrdersState,
  input: OrderInput | Tick,
  at: OrderInstant,
): readonly SaySilence[] {
  const { nowMs, self } = at;
  switch (input.kind) {
    case "silence":
      hear(orders, input, nowMs);
      return [];
    case "edge":
    case "button_lost":
    case "tick": {
      const [, presses] = buttonMachine.step(orders.button, input, nowMs);
      return presses.flatMap((press) => takeOwnPress(orders, press, at));
    }
    case "alarm_test":
      // One that the broker kept is of another day.
      if (input.node === self && !input.retained) orders.testUntilMs = nowMs + ALARM_TEST_MS;
      return [];
    case "link":
      return input.up && isUnsaid(orders.own, nowMs) ? [say(orders.own, at)] : [];
  }
}

function takeOwnPress(
  orders: OrdersState,
  press: Press,
  at: OrderInstant,
): readonly SaySilence[] {
  const { nowMs } = at;
  if (press.length === "long") {
    orders.testUntilMs = nowMs + ALARM_TEST_MS;
    return [];
  }
  orders.own = newOwnSilence(nowMs, press.wallMs);
  orders.silence = withOwn(orders.silence, orders.own);
  return [say(orders.own, at)];
}

function say(own: OwnSilence, at: OrderInstant): SaySilence {
  return { kind: "say_silence", silence: sayOwn(own, at) };
}

function hear(orders: OrdersState, input: SilenceInput, nowMs: number): void {
  const { own, silence } = orders;
  if (own !== undefined && isOwn(own, input.message)) {
    own.isHeard = true;
    // Our own clock knows better than the message, and than any calendar, when it began.
    orders.silence = withOwn(silence, own);
    return;
  }
  if (isOverBudget(orders, input, nowMs)) return;
  const { source, retained } = input.message;
  // The hub heard our press, too, and may end it: whoever repeats the press does not bring it back.
  if (source === "hub" && !retained && own?.isHeard) orders.own = undefined;
  const heard = heardSilence(silence, input, nowMs);
  // What the broker kept was said by somebody who could not hear the button.
  const isOld = retained && isUnsaid(own, nowMs);
  orders.silence = isOld ? withOwn(heard, own) : heard;
}

/** Only what is silenced now by another costs: the end of it does not, nor what the broker kept. */
function isOverBudget({ budget }: OrdersState, { message }: SilenceInput, nowMs: number): boolean {
  const { source, retained, silencedUntilMs } = message;
  if (source !== "press" || retained || silencedUntilMs === undefined) return false;
  return !takePress(budget, nowMs);
}
