/** GPIO lines through libgpiod, with either of its two ABIs. */
import { openChip } from "./chip_finder.ts";
import type { InputRequest, OutputRequest } from "./gpio_driver.ts";
import { loadGpioLibrary } from "./gpio_library.ts";
import { GpioInput, type InputLine } from "./input_line.ts";
import { GpioOutput, type OutputLine } from "./output_line.ts";

export type { Pull } from "./gpio_driver.ts";
export type { Edge, InputLine } from "./input_line.ts";
export type { OutputLine } from "./output_line.ts";
export {
  type GpioReport,
  inspectGpio,
  inspectLines,
  type LinesReport,
  type LineUse,
} from "./inspection.ts";

/** `line` is the number on its chip; on the header's chip that is the BCM number. */
export type GpioOutputOptions = OutputRequest;

/**
 * A push button to ground is `{ activeLow: true, pull: "up" }`. A chip without internal resistors
 * ignores the pull or refuses it, depending on its driver.
 */
export type GpioInputOptions = InputRequest;

/**
 * Opens one output with everything that it needs, which is released when it is disposed. `chip` is
 * "auto" for the header's chip, or a label, or a device (`/dev/gpiochip4`, `gpiochip4`). Throws
 * GpioError.
 */
export function openGpioOutput(chip: string, options: GpioOutputOptions): OutputLine {
  return new GpioOutput(openChip(loadGpioLibrary().driver, chip), options);
}

/** Opens one input; `chip` is as for an output. Throws GpioError. */
export function openGpioInput(chip: string, options: GpioInputOptions): InputLine {
  const { driver, libc } = loadGpioLibrary();
  return new GpioInput(openChip(driver, chip), libc, options);
}
