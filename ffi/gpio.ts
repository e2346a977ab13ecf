/** GPIO outputs through libgpiod, whichever of its two ABIs is installed. */
import { SystemError } from "./errno.ts";
import type { DriverChip, DriverLine, GpioDriver } from "./gpio_driver.ts";
import { GpioError, type GpioFailure } from "./gpio_error.ts";
import { openGpiodV1 } from "./gpiod_v1.ts";
import { openGpiodV2 } from "./gpiod_v2.ts";
import { Libc } from "./libc.ts";

/**
 * What the kernel calls the chip that has the 40-pin header's lines: Pi 5, Pi 4, all before. By
 * label, since the Pi 5's has been gpiochip4 and gpiochip0, depending on the kernel.
 */
const HEADER_LABELS = ["pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"] as const;

/** Chips are looked for as /dev/gpiochip0 up to this number, exclusive. */
const CHIPS_MAX = 32;

/** A line that is driven: `on` means active, which is a low voltage for an active-low line. */
export interface OutputLine extends Disposable {
  /** Throws GpioError. */
  set(on: boolean): void;
}

export interface GpioOutputOptions {
  /** The line's number on its chip; on the header's chip that is the BCM number. */
  readonly line: number;
  readonly activeLow: boolean;
  /** The name under which tools like gpioinfo list the holder. */
  readonly consumer: string;
}

/**
 * The library, once it was found. It stays loaded: each loading costs 60 KB that V8 is slow to give
 * back, and a tracker whose lines cannot be had tries again for ever.
 */
let loaded: GpioDriver | undefined;

/** libgpiod as it is installed. Throws GpioError when it is not. */
function openGpio(): Gpio {
  loaded ??= load();
  return new Gpio(loaded, new DisposableStack());
}

function load(): GpioDriver {
  using opened = new DisposableStack();
  const libc = opened.use(new Libc());
  const driver = openGpiodV2(libc) ?? openGpiodV1(libc);
  if (driver === undefined) {
    throw new GpioError({ operation: "load", errno: "ENOENT", found: "it is not installed" });
  }
  opened.move();
  return driver;
}

/**
 * One output with all that it takes, released when disposed. `chip` is "auto" for the header's
 * chip, or a label, or a device (`/dev/gpiochip4`, `gpiochip4`). Throws GpioError.
 */
export function openGpioOutput(chip: string, options: GpioOutputOptions): OutputLine {
  using opened = new DisposableStack();
  const gpio = opened.use(openGpio());
  const line = gpio.requestOutput({ ...options, chip: gpio.findChip(chip) });
  const owned = opened.move();
  return { set: (on) => line.set(on), [Symbol.dispose]: () => owned.dispose() };
}

/** A chip of this machine; lives as long as the Gpio that found it. */
interface Chip {
  readonly path: string;
  readonly label: string;
  readonly lineCount: number;
  readonly driver: DriverChip;
}

/** A loaded libgpiod with the chips and lines in use. Disposing turns all lines off. */
class Gpio implements Disposable {
  readonly #driver: GpioDriver;
  readonly #opened: DisposableStack;
  readonly #lines = new Set<GpioOutput>();

  constructor(driver: GpioDriver, opened: DisposableStack) {
    this.#driver = driver;
    this.#opened = opened;
    // Raspberry Pi OS keeps an output's level when its holder dies, and an error that nobody
    // catches ends the program without disposing anything.
    const turnOff = () => this.#lines.forEach((line) => line.turnOff());
    for (const event of ["error", "unhandledrejection", "unload"]) {
      globalThis.addEventListener(event, turnOff);
      opened.defer(() => globalThis.removeEventListener(event, turnOff));
    }
  }

  /** Absolute path of the library in use. */
  get library(): string {
    return this.#driver.library;
  }

  /** The chip of that label or device; "auto" for the header's. Throws GpioError. */
  findChip(wanted: string): Chip {
    if (/^(\/|gpiochip\d+$)/.test(wanted)) {
      return this.#keep(this.#open(wanted.startsWith("/") ? wanted : `/dev/${wanted}`));
    }
    const labels: readonly string[] = wanted === "auto" ? HEADER_LABELS : [wanted];
    const seen: string[] = [];
    let refusal: GpioError | undefined;
    for (let number = 0; number < CHIPS_MAX; number++) {
      try {
        const chip = this.#open(`/dev/gpiochip${number}`);
        if (labels.includes(chip.label)) return this.#keep(chip);
        seen.push(chip.label);
        chip.driver[Symbol.dispose]();
      } catch (error) {
        if (!(error instanceof GpioError)) throw error;
        // A chip that may not be opened could have been the one, if no other is.
        if (error.errno !== "ENOENT") refusal ??= error;
      }
    }
    if (refusal !== undefined) throw refusal;
    const found = seen.length === 0
      ? "this machine has no GPIO chip"
      : `no chip is labelled ${labels.join(" or ")}, but ${seen.join(", ")}`;
    throw new GpioError({ operation: "find", chip: wanted, errno: "ENODEV", found });
  }

  /** Holds a line as an output, off from the first moment on. Throws GpioError. */
  requestOutput({ chip, ...request }: GpioOutputOptions & { readonly chip: Chip }): OutputLine {
    const concerned = { chip: chip.path, line: request.line };
    try {
      const held = new GpioOutput(chip.driver.requestOutput(request), concerned, this.#lines);
      this.#opened.use(held);
      return held;
    } catch (error) {
      const consumer = chip.driver.consumerOf(request.line);
      throw explain(error, { ...concerned, operation: "request", consumer });
    }
  }

  [Symbol.dispose](): void {
    this.#opened.dispose();
  }

  #keep(chip: Chip): Chip {
    this.#opened.use(chip.driver);
    return chip;
  }

  #open(path: string): Chip {
    try {
      const driver = this.#driver.openChip(path);
      return { path, label: driver.label, lineCount: driver.lineCount, driver };
    } catch (error) {
      throw explain(error, { operation: "open", chip: path });
    }
  }
}

class GpioOutput implements OutputLine {
  readonly #concerned: { readonly chip: string; readonly line: number };
  readonly #held: Set<GpioOutput>;
  #line: DriverLine | undefined;

  constructor(
    line: DriverLine,
    concerned: { readonly chip: string; readonly line: number },
    held: Set<GpioOutput>,
  ) {
    this.#line = line;
    this.#concerned = concerned;
    this.#held = held;
    held.add(this);
  }

  set(on: boolean): void {
    try {
      this.#line?.set(on);
    } catch (error) {
      throw explain(error, { ...this.#concerned, operation: "set" });
    }
  }

  /** For the end: a line that cannot be set any more is left as it is. */
  turnOff(): void {
    try {
      this.#line?.set(false);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.turnOff();
    this.#line?.[Symbol.dispose]();
    this.#line = undefined;
    this.#held.delete(this);
  }
}

function explain(error: unknown, failure: Omit<GpioFailure, "errno" | "found">): unknown {
  if (!(error instanceof SystemError)) return error;
  return new GpioError({ ...failure, errno: error.errno, found: error.message }, { cause: error });
}
