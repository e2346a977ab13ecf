/** The button's line as it is read for a person who looks for a fault. */

import type { Config } from "../core/config/settings.ts";
import { type InputLine, openGpioInput } from "../ffi/gpio.ts";
import { sleepUntil, systemClock } from "../io/time/clock.ts";

/**
 * A line that was pulled down until now rises this late at most: the Pi's pull-up is 50 kilohms, and
 * a capacitor that debounces has 100 nF.
 */
const RISE_MS = 50;

export interface Button {
  /** BCM number. */
  readonly line: number;
  readonly consumer: string;
}

/** A push button to ground: active is pressed. Throws GpioError. */
export function openButtonLine({ chip }: Config["rpi"], { line, consumer }: Button): InputLine {
  return openGpioInput(chip, { line, activeLow: true, pull: "up", consumer });
}

/** Whether it is pressed, once its line had time to rise. Throws GpioError. */
export async function isPressed(input: InputLine, stop: AbortSignal): Promise<boolean> {
  await sleepUntil(systemClock, systemClock.nowMs() + RISE_MS, stop);
  return input.isActive();
}
