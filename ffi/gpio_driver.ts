/**
 * What is asked of libgpiod, the same for both of its ABIs. Every call that the system refuses
 * throws a SystemError; gpio.ts says what was being done.
 */

/** A loaded libgpiod. */
export interface GpioDriver {
  /** Absolute path of the library. */
  readonly library: string;
  openChip(path: string): DriverChip;
}

/** An open chip. It must outlive its lines. */
export interface DriverChip extends Disposable {
  readonly label: string;
  readonly lineCount: number;
  /** Who holds a line; empty when nobody does, or nobody who gave a name. */
  consumerOf(line: number): string;
  /** Makes a line an output that is inactive from the first moment on. */
  requestOutput(request: OutputRequest): DriverLine;
}

export interface OutputRequest {
  readonly line: number;
  /** True: active means a low voltage. */
  readonly activeLow: boolean;
  /** The name under which tools like gpioinfo list the holder. */
  readonly consumer: string;
}

/** A line that is held as an output. Disposing releases it and leaves the level alone. */
export interface DriverLine extends Disposable {
  set(active: boolean): void;
}
