/** What people order of a tracker: silence or a test, by its own button, another's, or the hub. */

import {
  type ButtonInput,
  buttonMachine,
  type ButtonState,
  newButton,
  type Press,
} from "./button.ts";
import type { LinkInput } from "./cluster.ts";
import type { Tick } from "./machine.ts";
import { isOwn, isUnsaid, newOwnSilence, type OwnSilence, sayOwn, withOwn } from "./own_silence.ts";
import { heardSilence, NO_SILENCE, type Silence, type SilenceInput } from "./silence.ts";
import type { AlarmSilence, AlarmTest } from "./wire.ts";

/** How long a test of the alarm lasts. */
export const ALARM_TEST_MS = 5000;

export interface OrdersState {
  readonly button: ButtonState;
  /** What is silenced now, by whomever. */
  silence: Silence;
  /** What this Pi's button silenced last. */
  own: OwnSilence | undefined;
  /** Until when a test of the alarm lasts. */
  testUntilMs: number;
}

/** To be published on the topic of silences, retained: all trackers are to fall silent. */
export interface SaySilence {
  readonly kind: "say_silence";
  readonly silence: AlarmSilence;
}

export type OrderInput = SilenceInput | ButtonInput | AlarmTest | LinkInput;

export function newOrders(): OrdersState {
  return { button: newButton(), silence: NO_SILENCE, own: undefined, testUntilMs: -Infinity };
}

/** When the button means something new though nothing happens. */
export function orderDeadlineMs({ button }: OrdersState): number {
  return buttonMachine.deadlineMs(button);
}

/** `self` is the node whose alarm this is. */
export function takeOrder(
  orders: OrdersState,
  input: OrderInput | Tick,
  { nowMs, self }: { readonly nowMs: number; readonly self: string | undefined },
): readonly SaySilence[] {
  switch (input.kind) {
    case "silence":
      hear(orders, input, nowMs);
      return [];
    case "edge":
    case "button_lost":
    case "tick": {
      const [, presses] = buttonMachine.step(orders.button, input, nowMs);
      return presses.flatMap((press) => takePress(orders, press, nowMs));
    }
    case "alarm_test":
      // One that the broker kept is of another day.
      if (input.node === self && !input.retained) orders.testUntilMs = nowMs + ALARM_TEST_MS;
      return [];
    case "link":
      return input.up && isUnsaid(orders.own, nowMs) ? [say(orders.own, nowMs)] : [];
  }
}

function takePress(orders: OrdersState, press: Press, nowMs: number): readonly SaySilence[] {
  if (press.length === "long") {
    orders.testUntilMs = nowMs + ALARM_TEST_MS;
    return [];
  }
  orders.own = newOwnSilence(nowMs, press.wallMs);
  orders.silence = withOwn(orders.silence, orders.own);
  return [say(orders.own, nowMs)];
}

function say(own: OwnSilence, nowMs: number): SaySilence {
  return { kind: "say_silence", silence: sayOwn(own, nowMs) };
}

function hear(orders: OrdersState, input: SilenceInput, nowMs: number): void {
  const { own, silence } = orders;
  if (isOwn(own, input.message)) {
    own.isHeard = true;
    // Our own clock knows better than the message, and than any calendar, when it began.
    orders.silence = withOwn(silence, own);
    return;
  }
  const heard = heardSilence(silence, input, nowMs);
  // What the broker kept was said by somebody who could not hear the button.
  const isOld = input.message.retained && isUnsaid(own, nowMs);
  orders.silence = isOld ? withOwn(heard, own) : heard;
}
