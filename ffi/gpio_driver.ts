/**
 * What is asked of libgpiod, the same for both of its ABIs. Every call that the system refuses
 * throws a SystemError; those who ask say what was being done.
 */

/** A loaded libgpiod. */
export interface GpioDriver {
  /** Absolute path of the library. */
  readonly library: string;
  /** As in "1.6.3". */
  readonly version: string;
  openChip(path: string): DriverChip;
}

/** An open chip. It must outlive its lines. */
export interface DriverChip extends Disposable {
  /** The kernel's name, as in "gpiochip0", whatever link the chip was opened by. */
  readonly name: string;
  readonly label: string;
  readonly lineCount: number;
  describe(line: number): DriverLineInfo;
  /** Makes a line an output that is inactive from the first moment on. */
  requestOutput(request: OutputRequest): DriverOutput;
  /** Makes a line an input of which each change of level is kept until it is read. */
  requestInput(request: InputRequest): DriverInput;
}

export interface DriverLineInfo {
  /** The kernel's name of the line, as in "GPIO17"; empty when it has none. */
  readonly name: string;
  readonly isUsed: boolean;
  /** Who holds it; empty when nobody does, or nobody who gave a name. */
  readonly consumer: string;
}

export interface LineRequest {
  readonly line: number;
  /** True: active means a low voltage. */
  readonly activeLow: boolean;
  /** The name under which tools like gpioinfo list the holder. */
  readonly consumer: string;
}

export type OutputRequest = LineRequest;

/** A resistor inside of the chip, towards the supply (up) or the ground (down). */
export type Pull = "up" | "down" | "none";

export interface InputRequest extends LineRequest {
  readonly pull: Pull;
}

/** A line that is held as an output. Disposing releases it and leaves the level alone. */
export interface DriverOutput extends Disposable {
  set(active: boolean): void;
}

/** A line that is held as an input. Disposing releases it. */
export interface DriverInput extends Disposable {
  /** Readable as soon as there are edges to read. */
  readonly fileDescriptor: number;
  isActive(): boolean;
  /** The oldest edges, at most EDGES_MAX. Waits when there are none, so look before. */
  readEdges(): readonly DriverEdge[];
}

export interface DriverEdge {
  readonly active: boolean;
  /** Of the kernel's monotonic clock. */
  readonly atNs: bigint;
}

/** How many edges the kernel keeps for a line; what comes on top of these is lost. */
export const EDGES_MAX = 16;
