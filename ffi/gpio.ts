/** GPIO lines, through libgpiod with either of its two ABIs, or through the kernel itself. */
import { openChip } from "./chip_finder.ts";
import { type GpioAccess, ownGpioAccess } from "./gpio_access.ts";
import type { InputRequest, OutputRequest } from "./gpio_driver.ts";
import { GpioInput, type InputLine } from "./input_line.ts";
import { type GpioReport, inspectChips, inspectLinesOf, type LinesReport } from "./inspection.ts";
import { GpioOutput, type OutputLine } from "./output_line.ts";

export type { Pull } from "./gpio_driver.ts";
export type { Edge, InputLine } from "./input_line.ts";
export type { OutputLine } from "./output_line.ts";
export type { GpioReport, LinesReport, LineUse } from "./inspection.ts";

/** `line` is the number on its chip; on the header's chip that is the BCM number. */
export type GpioOutputOptions = OutputRequest;

/**
 * A push button to ground is `{ activeLow: true, pull: "up" }`. A chip without internal resistors
 * ignores the pull or refuses it, depending on its driver.
 */
export type GpioInputOptions = InputRequest;

/**
 * Lines by one driver. `chip` is "auto" for the header's chip, or a label, or a device
 * (`/dev/gpiochip4`, `gpiochip4`). Every method throws GpioError.
 */
export class Gpio {
  readonly #access: GpioAccess;

  /** By default, the driver is the best one of this machine. */
  constructor(access: GpioAccess = ownGpioAccess()) {
    this.#access = access;
  }

  /** Opens one output with everything that it needs, which is released when it is disposed. */
  openOutput(chip: string, options: GpioOutputOptions): OutputLine {
    return new GpioOutput(openChip(this.#access.driver, chip), options);
  }

  /** Opens one input. */
  openInput(chip: string, options: GpioInputOptions): InputLine {
    const { driver, system } = this.#access;
    return new GpioInput(openChip(driver, chip), system, options);
  }

  /** Returns the driver and all chips. */
  inspect(): GpioReport {
    return inspectChips(this.#access);
  }

  /** Returns lines of one chip without taking them. */
  inspectLines(chip: string, lines: readonly number[]): LinesReport {
    return inspectLinesOf(this.#access.driver, chip, lines);
  }
}

/** Opens an output by the best driver of this machine. Throws GpioError. */
export function openGpioOutput(chip: string, options: GpioOutputOptions): OutputLine {
  return new Gpio().openOutput(chip, options);
}

/** Opens an input by the best driver of this machine. Throws GpioError. */
export function openGpioInput(chip: string, options: GpioInputOptions): InputLine {
  return new Gpio().openInput(chip, options);
}

/**
 * Returns the best driver of this machine, and all chips. Throws GpioError (operation "load") when
 * this runtime cannot reach the kernel.
 */
export function inspectGpio(): GpioReport {
  return new Gpio().inspect();
}

/** Returns lines of one chip without taking them. Throws GpioError. */
export function inspectLines(chip: string, lines: readonly number[]): LinesReport {
  return new Gpio().inspectLines(chip, lines);
}
