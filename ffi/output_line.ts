/** A GPIO line that is driven. */
import { atEnd } from "./at_end.ts";
import type { OpenChip } from "./chip_finder.ts";
import { SystemError } from "./errno.ts";
import type { DriverOutput, OutputRequest } from "./gpio_driver.ts";
import { explain } from "./gpio_error.ts";
import { holdLine } from "./held_line.ts";

/** `on` means active, which is a low voltage for an active-low line. */
export interface OutputLine extends Disposable {
  /** Throws GpioError. */
  set(on: boolean): void;
}

/** Off from the start, and off when it is disposed or the program ends. */
export class GpioOutput implements OutputLine {
  readonly #line: DriverOutput;
  readonly #concerned: { readonly chip: string; readonly line: number };
  readonly #opened: DisposableStack;

  /** Takes ownership of the chip. Throws GpioError. */
  constructor(chip: OpenChip, request: OutputRequest) {
    using opened = new DisposableStack();
    opened.use(chip);
    this.#concerned = { chip: chip.path, line: request.line };
    this.#line = opened.use(holdLine(chip, request, (driver) => driver.requestOutput(request)));
    // Raspberry Pi OS keeps an output's level when its holder ends.
    const turnOff = () => this.#turnOff();
    opened.use(atEnd(turnOff));
    opened.defer(turnOff);
    this.#opened = opened.move();
  }

  set(on: boolean): void {
    if (this.#opened.disposed) return;
    try {
      this.#line.set(on);
    } catch (error) {
      throw explain(error, { ...this.#concerned, operation: "set" });
    }
  }

  [Symbol.dispose](): void {
    this.#opened.dispose();
  }

  /** Used at the end: a line that cannot be set any more stays as it is. */
  #turnOff(): void {
    try {
      this.#line.set(false);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }
}
