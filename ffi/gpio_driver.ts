/**
 * The common interface of the drivers: both libgpiod ABIs, and the kernel's own. Every call that the
 * system refuses throws a SystemError; the caller adds what it was doing.
 */

/** A way to this machine's GPIO lines. */
export interface GpioDriver {
  readonly identity: DriverIdentity;
  openChip(path: string): DriverChip;
}

/** `path` is absolute; `version` is as in "1.6.3". */
export type DriverIdentity =
  | { readonly kind: "libgpiod"; readonly path: string; readonly version: string }
  | { readonly kind: "kernel" };

/** The version of the kernel's interface: 2 since Linux 5.10, 1 since Linux 4.8. */
export type UapiVersion = 1 | 2;

/** An open chip. It must outlive its lines. */
export interface DriverChip extends Disposable {
  /** The kernel's name, as in "gpiochip0", even if the chip was opened through a link. */
  readonly name: string;
  readonly label: string;
  readonly lineCount: number;
  /** Which of the kernel's interfaces is in use; undefined below a library, which chooses itself. */
  readonly uapi?: UapiVersion;
  describe(line: number): DriverLineInfo;
  /** Makes a line an output that is inactive from the start. */
  requestOutput(request: OutputRequest): DriverOutput;
  /** Makes a line an input. Each change of its level is kept until it is read. */
  requestInput(request: InputRequest): DriverInput;
}

export interface DriverLineInfo {
  /** The kernel's name of the line, as in "GPIO17"; empty when it has none. */
  readonly name: string;
  readonly isUsed: boolean;
  /** The holder's name; empty when there is no holder or it has no name. */
  readonly consumer: string;
}

export interface LineRequest {
  readonly line: number;
  /** True means that active is a low voltage. */
  readonly activeLow: boolean;
  /** The holder's name in tools like gpioinfo. */
  readonly consumer: string;
}

export type OutputRequest = LineRequest;

/** An internal resistor of the chip, to the supply (up) or to ground (down). */
export type Pull = "up" | "down" | "none";

export interface InputRequest extends LineRequest {
  readonly pull: Pull;
}

/** A line that is held as an output. Disposing it releases the line and keeps its level. */
export interface DriverOutput extends Disposable {
  set(active: boolean): void;
}

/** A line that is held as an input. Disposing it releases the line. */
export interface DriverInput extends Disposable {
  /** Readable as soon as there are edges to read. */
  readonly fileDescriptor: number;
  isActive(): boolean;
  /**
   * Returns the oldest edges, at most EDGES_MAX. It blocks when there are none, so check before.
   */
  readEdges(): readonly DriverEdge[];
}

export interface DriverEdge {
  readonly active: boolean;
  /** On the kernel's monotonic clock. */
  readonly atNs: bigint;
}

/** How many edges the kernel keeps for a line; further ones are lost. */
export const EDGES_MAX = 16;
