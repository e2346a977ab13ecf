/** Why a GPIO line cannot be used, and what to do about it. */

export type GpioOperation = "load" | "find" | "open" | "request" | "set";

export interface GpioFailure {
  readonly operation: GpioOperation;
  /** The chip's device or label, where one is concerned. */
  readonly chip?: string;
  /** The line's number on its chip, where one is concerned. */
  readonly line?: number;
  /** "EBUSY" and the like; ENODEV when no chip has the wanted label. */
  readonly errno: string;
  /** What was found, in words. */
  readonly found: string;
  /** Who holds the line, where that is known. */
  readonly consumer?: string;
}

/**
 * `message` says what could not be done and what was found, as in `Cannot request line 2 of GPIO
 * chip "/dev/gpiochip0": device or resource busy (EBUSY)`; `advice` says what to do.
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

function attempt({ operation, chip, line }: GpioFailure): string {
  switch (operation) {
    case "load":
      return "load libgpiod";
    case "find":
      return `find GPIO chip "${chip}"`;
    case "open":
      return `open GPIO chip "${chip}"`;
    case "request":
    case "set":
      return `${operation} line ${line} of GPIO chip "${chip}"`;
  }
}

function advise(failure: GpioFailure): string {
  if (failure.operation === "load") {
    return "install it: sudo apt install libgpiod3 (Debian 13) or libgpiod2 (Debian 12)";
  }
  switch (failure.errno) {
    case "EACCES":
    case "EPERM":
      return "add the user to group gpio: sudo usermod -aG gpio USER, then log in anew";
    case "EBUSY":
      return failure.consumer
        ? `the line is used by "${failure.consumer}": end that program or choose another line`
        : "another program uses the line: end it or choose another line";
    case "EINVAL":
      return "choose a line that the chip has (gpioinfo lists them)";
    default:
      return "choose a chip that this machine has (gpiodetect lists them)";
  }
}
