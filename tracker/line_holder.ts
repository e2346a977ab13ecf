/** Asks the kernel who holds a line of the header. */

import type { Config } from "../core/config/settings.ts";
import { inspectLines } from "../ffi/gpio.ts";
import { GpioError } from "../ffi/gpio_error.ts";

/** The name under which every tracker holds its lines, as tools like gpioinfo list it. */
export const TRACKER_CONSUMER = "rpi-cluster-tracker";

/** Returns true when a running tracker holds the line: it must be stopped before a test. */
export function isHeldByTracker({ chip }: Config["rpi"], line: number): boolean {
  try {
    const { lines } = inspectLines(chip, [line]);
    return lines.some(({ isUsed, consumer }) => isUsed && consumer === TRACKER_CONSUMER);
  } catch (error) {
    // Opening the line will report the same error with advice.
    if (error instanceof GpioError) return false;
    throw error;
  }
}
