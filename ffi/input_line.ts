/** A GPIO line that is read: its present level, and each change of it. */
import { atEnd } from "./at_end.ts";
import type { OpenChip } from "./chip_finder.ts";
import { type FileState, FileWait } from "./file_wait.ts";
import { type DriverInput, EDGES_MAX, type InputRequest } from "./gpio_driver.ts";
import { explain, GpioError, type GpioOperation } from "./gpio_error.ts";
import { holdLine } from "./held_line.ts";
import { KernelClock } from "./kernel_clock.ts";
import type { Syscalls } from "./syscalls.ts";

/** The line became active or inactive. */
export interface Edge {
  readonly active: boolean;
  /** On the scale of performance.now(), from the kernel's own timestamp. */
  readonly atMs: number;
}

/** `active` is a low voltage for an active-low line. */
export interface InputLine extends Disposable {
  /** Returns the present level. Throws GpioError. */
  isActive(): boolean;
  /**
   * Yields each change, in the kernel's order, until the line is disposed. One reader at a time.
   * Throws GpioError when the line is lost.
   */
  edges(): AsyncIterable<Edge>;
}

/** While it waits for edges, a thread sleeps in the kernel; only an edge wakes it. */
export class GpioInput implements InputLine {
  readonly #line: DriverInput;
  readonly #concerned: { readonly chip: string; readonly line: number };
  readonly #clock: KernelClock;
  readonly #wait: FileWait;
  readonly #opened: DisposableStack;
  readonly #end: Disposable;
  #isDisposed = false;
  #isWaiting = false;
  #isRead = false;
  /** The last level that the reader received. */
  #told: boolean | undefined;
  /** The kernel may have dropped edges, including the latest one. */
  #mayHaveMissed = false;

  /** Takes ownership of the chip. Throws GpioError. */
  constructor(chip: OpenChip, system: Syscalls, request: InputRequest) {
    using opened = new DisposableStack();
    opened.use(chip);
    this.#concerned = { chip: chip.path, line: request.line };
    this.#line = opened.use(holdLine(chip, request, (driver) => driver.requestInput(request)));
    this.#clock = new KernelClock(system);
    this.#wait = opened.use(
      this.#explained("wait for", () => new FileWait(system, this.#line.fileDescriptor, chip.path)),
    );
    // A pending wait would keep a failing program alive.
    this.#end = atEnd(() => this[Symbol.dispose]());
    this.#opened = opened.move();
  }

  isActive(): boolean {
    if (this.#isDisposed) throw new Error("Cannot read a line that was disposed");
    return this.#explained("read", () => this.#line.isActive());
  }

  async *edges(): AsyncGenerator<Edge, void, void> {
    if (this.#isRead) throw new Error("Cannot read edges twice at a time");
    this.#isRead = true;
    try {
      while (!this.#isDisposed) {
        const state = await this.#ready();
        if (this.#isDisposed) return;
        if (state === "lost") throw this.#lost();
        // A line whose chip was removed cannot be read any more, so this throws.
        if (state === "touched") this.isActive();
        if (state !== "readable") continue;
        for (const edge of this.#explained("read", () => this.#read())) {
          yield edge;
          if (this.#isDisposed) return;
        }
      }
    } finally {
      this.#isRead = false;
    }
  }

  /** Frees the line at once, or as soon as the waiting thread has woken up. */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#end[Symbol.dispose]();
    if (this.#isWaiting) this.#wait.wake();
    else this.#opened.dispose();
  }

  async #ready(): Promise<FileState> {
    this.#isWaiting = true;
    try {
      return await this.#wait.ready();
    } catch (error) {
      throw explain(error, { ...this.#concerned, operation: "wait for" });
    } finally {
      this.#isWaiting = false;
      if (this.#isDisposed) this.#opened.dispose();
    }
  }

  /**
   * Returns the changes since the last call. A bounce that is over before it is read is not a
   * change.
   */
  #read(): readonly Edge[] {
    const found = this.#line.readEdges();
    const edges = found.map(({ active, atNs }) => ({
      active,
      atMs: this.#clock.toPerformanceMs(atNs),
    }));
    if (found.length >= EDGES_MAX) this.#mayHaveMissed = true;
    if (this.#mayHaveMissed && this.#wait.look() === "quiet") {
      this.#mayHaveMissed = false;
      const atMs = performance.now();
      edges.push({ active: this.#line.isActive(), atMs });
    }
    return edges.filter(({ active }) => {
      const isChange = active !== this.#told;
      this.#told = active;
      return isChange;
    });
  }

  #lost(): GpioError {
    const found = "the chip is gone";
    return new GpioError({ ...this.#concerned, operation: "wait for", errno: "ENODEV", found });
  }

  #explained<Result>(operation: GpioOperation, act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      throw explain(error, { ...this.#concerned, operation });
    }
  }
}
