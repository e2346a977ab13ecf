/**
 * The commands of people to a tracker: silence or a test, from its own button, another button, or
 * the hub.
 */

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
import {
  isOwn,
  isUnpublished,
  newOwnSilence,
  type OwnSilence,
  ownSilenceMessage,
  withOwn,
} from "./own_silence.ts";
import { newPressBudget, type PressBudget, takePress } from "./press_budget.ts";
import { NO_SILENCE, receivedSilence, type Silence, type SilenceInput } from "./silence.ts";

/** The duration of an alarm test. */
export const ALARM_TEST_MS = 5000;

export interface CommandState {
  readonly button: ButtonState;
  /** All silences that apply now. */
  silence: Silence;
  /** The last silence of this Pi's own button. */
  own: OwnSilence | undefined;
  /** Limits presses of other buttons. This Pi's own button has no limit. */
  readonly budget: PressBudget;
  /** The end of a running alarm test. */
  testUntilMs: number;
}

/** A message for the topic of presses, retained, that silences all trackers. */
export interface PublishSilence {
  readonly kind: "publish_silence";
  readonly silence: AlarmSilence;
}

export type CommandInput = SilenceInput | ButtonInput | AlarmTest | LinkInput;

export function newOperatorCommands(): CommandState {
  return {
    button: newButton(),
    silence: NO_SILENCE,
    own: undefined,
    budget: newPressBudget(),
    testUntilMs: -Infinity,
  };
}

/** When the button's state gets a new meaning without an event. */
export function commandDeadlineMs({ button }: CommandState): number {
  return buttonMachine.deadlineMs(button);
}

interface CommandInstant {
  readonly nowMs: number;
  /** The node to which this alarm belongs. */
  readonly self: string | undefined;
}

export function takeCommand(
  commands: CommandState,
  input: CommandInput | Tick,
  at: CommandInstant,
): readonly PublishSilence[] {
  const { nowMs, self } = at;
  switch (input.kind) {
    case "silence":
      receive(commands, input, nowMs);
      return [];
    case "edge":
    case "button_lost":
    case "tick": {
      const [, presses] = buttonMachine.step(commands.button, input, nowMs);
      return presses.flatMap((press) => takeOwnPress(commands, press, at));
    }
    case "alarm_test":
      // A retained test is an old one.
      if (input.node === self && !input.retained) commands.testUntilMs = nowMs + ALARM_TEST_MS;
      return [];
    case "link":
      return input.up && isUnpublished(commands.own, nowMs) ? [publish(commands.own, at)] : [];
  }
}

function takeOwnPress(
  commands: CommandState,
  press: Press,
  at: CommandInstant,
): readonly PublishSilence[] {
  const { nowMs } = at;
  if (press.length === "long") {
    commands.testUntilMs = nowMs + ALARM_TEST_MS;
    return [];
  }
  commands.own = newOwnSilence(nowMs, press.wallMs);
  commands.silence = withOwn(commands.silence, commands.own);
  return [publish(commands.own, at)];
}

function publish(own: OwnSilence, at: CommandInstant): PublishSilence {
  return { kind: "publish_silence", silence: ownSilenceMessage(own, at) };
}

function receive(commands: CommandState, input: SilenceInput, nowMs: number): void {
  const { own, silence } = commands;
  if (own !== undefined && isOwn(own, input.message)) {
    own.hasReturned = true;
    // Our own clock is more exact about the beginning than the message or any wall clock.
    commands.silence = withOwn(silence, own);
    return;
  }
  if (isOverBudget(commands, input, nowMs)) return;
  const { source, retained } = input.message;
  // The hub heard our press, too, and may end it. A repeated press must not restore it.
  if (source === "hub" && !retained && own?.hasReturned) commands.own = undefined;
  const heard = receivedSilence(silence, input, nowMs);
  // The sender of a retained message could not know of the button's press.
  const isOld = retained && isUnpublished(own, nowMs);
  commands.silence = isOld ? withOwn(heard, own) : heard;
}

/**
 * Only a new silence by another button uses the budget: neither its end nor a retained message
 * does.
 */
function isOverBudget({ budget }: CommandState, { message }: SilenceInput, nowMs: number): boolean {
  const { source, retained, silencedUntilMs } = message;
  if (source !== "press" || retained || silencedUntilMs === undefined) return false;
  return !takePress(budget, nowMs);
}
