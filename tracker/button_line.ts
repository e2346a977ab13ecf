/** The button's line for a person who looks for a fault. */

import type { Config } from "../core/config/settings.ts";
import { type InputLine, openGpioInput } from "../ffi/gpio.ts";
import { sleepUntil, systemClock } from "../io/time/clock.ts";

/**
 * The maximum rise time of a line that was pulled down: the Pi's pull-up is 50 kilohms, and a
 * debouncing capacitor has 100 nF.
 */
const RISE_MS = 50;

export interface Button {
  /** BCM number. */
  readonly line: number;
  readonly consumer: string;
}

/** Opens a push button to ground: active means pressed. Throws GpioError. */
export function openButtonLine({ chip }: Config["rpi"], { line, consumer }: Button): InputLine {
  return openGpioInput(chip, { line, activeLow: true, pull: "up", consumer });
}

/** Returns whether it is pressed, after the rise time. Throws GpioError. */
export async function isPressed(input: InputLine, stop: AbortSignal): Promise<boolean> {
  await sleepUntil(systemClock, systemClock.nowMs() + RISE_MS, stop);
  return input.isActive();
}
