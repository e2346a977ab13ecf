/** Why a GPIO line cannot be used, and what to do about it. */
import { SystemError } from "./errno.ts";
import type { Pull } from "./gpio_driver.ts";

export type GpioOperation =
  | "load"
  | "find"
  | "open"
  | "inspect"
  | "request"
  | "set"
  | "read"
  | "wait for";

export interface GpioFailure {
  readonly operation: GpioOperation;
  /** The chip's device or label, if one is involved. */
  readonly chip?: string;
  /** The line's number on its chip, if one is involved. */
  readonly line?: number;
  /** "EBUSY" and similar; ENODEV when no chip has the configured label. */
  readonly errno: string;
  /** The finding in words. */
  readonly found: string;
  /** The holder of the line, if known. */
  readonly consumer?: string;
  /** The number of lines of the chip, if known. */
  readonly lineCount?: number;
  /** True when no chip at all was found. */
  readonly isWithoutChips?: boolean;
  /** The requested resistor. */
  readonly pull?: Pull;
}

/**
 * `message` says what failed and why, as in `Cannot request line 2 of GPIO chip "/dev/gpiochip0":
 * device or resource busy (EBUSY)`; `advice` says what to do.
 */
export class GpioError extends Error {
  override readonly name = "GpioError";
  readonly operation: GpioOperation;
  readonly chip: string | undefined;
  readonly line: number | undefined;
  readonly errno: string;
  readonly advice: string;

  constructor(failure: GpioFailure, options?: ErrorOptions) {
    super(`Cannot ${attempt(failure)}: ${failure.found} (${failure.errno})`, options);
    this.operation = failure.operation;
    this.chip = failure.chip;
    this.line = failure.line;
    this.errno = failure.errno;
    this.advice = advise(failure);
  }
}

/** Converts an error of a system call to a GpioError; returns any other error unchanged. */
export function explain(error: unknown, failure: Omit<GpioFailure, "errno" | "found">): unknown {
  if (!(error instanceof SystemError)) return error;
  return new GpioError({ ...failure, errno: error.errno, found: error.message }, { cause: error });
}

function attempt({ operation, chip, line }: GpioFailure): string {
  switch (operation) {
    case "load":
      return "reach any GPIO line";
    case "find":
      return `find GPIO chip "${chip}"`;
    case "open":
      return `open GPIO chip "${chip}"`;
    case "inspect":
    case "request":
    case "set":
    case "read":
    case "wait for":
      return `${operation} line ${line} of GPIO chip "${chip}"`;
  }
}

function advise(failure: GpioFailure): string {
  const { operation, errno, consumer } = failure;
  switch (operation) {
    case "load":
      return "install the tracker's package again: it brings what this runtime needs";
    case "set":
    case "read":
    case "wait for":
      return "the chip is gone or does not answer: look at its cable; " +
        "the line is used again when the chip is back";
    case "find":
      if (failure.isWithoutChips) {
        return "only a Raspberry Pi, or a machine like it, has GPIO lines; " +
          "it may take a moment after the boot";
      }
      break;
    case "open":
    case "inspect":
    case "request":
      break;
  }
  switch (errno) {
    case "EACCES":
    case "EPERM":
      return "add the user to group gpio: sudo usermod -aG gpio USER, then log in anew";
    case "EBUSY":
      return consumer
        ? `the line is used by "${consumer}": end that program or choose another line`
        : "another program uses the line: end it or choose another line";
    case "EINVAL":
    case "ENOTSUPP":
    case "EOPNOTSUPP":
      return refusesPull(failure)
        ? "the chip may have no resistors inside, and a kernel before 5.5 cannot switch them: " +
          "connect one of 10 kΩ and ask for no pull"
        : "choose a line that the chip has (gpioinfo lists them)";
    default:
      return "choose a chip that this machine has (gpiodetect lists them)";
  }
}

/** If an existing line is refused together with a resistor, the resistor is the likely reason. */
function refusesPull({ pull = "none", line, lineCount }: GpioFailure): boolean {
  if (pull === "none" || line === undefined || lineCount === undefined) return false;
  return line < lineCount;
}
