/** Who holds a line of the header, told by the kernel. */

import type { Config } from "../core/config/settings.ts";
import { inspectLines } from "../ffi/gpio.ts";
import { GpioError } from "../ffi/gpio_error.ts";

/** The name under which every tracker holds its lines, as tools like gpioinfo list it. */
export const TRACKER_CONSUMER = "rpi-cluster-tracker";

/** True when a tracker that runs holds the line: the person has to stop it before a test. */
export function isHeldByTracker({ chip }: Config["rpi"], line: number): boolean {
  try {
    const { lines } = inspectLines(chip, [line]);
    return lines.some(({ isUsed, consumer }) => isUsed && consumer === TRACKER_CONSUMER);
  } catch (error) {
    // Opening the line will say the same, with advice.
    if (error instanceof GpioError) return false;
    throw error;
  }
}
