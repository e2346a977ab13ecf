/** An output that may be missing: the program works on, and the output is tried again. */
import type { OutputLine } from "./indicator.ts";

/** How long to wait before an output that failed is opened again. */
const RETRY_MS = 10_000;

export interface ResilientLineOptions {
  /** Opens the output anew, off; throws when that is impossible now. */
  readonly open: () => OutputLine;
  /** Told once of each distinct error until the output works again. */
  readonly onError: (error: unknown) => void;
  /** Told each time the output could be opened. */
  readonly onOpen?: () => void;
  readonly retryMs?: number;
}

/** Keeps the wanted level, and sets it as soon as the output works. `set` never throws. */
export class ResilientLine implements OutputLine {
  readonly #options: ResilientLineOptions;
  #line: OutputLine | undefined;
  #wanted = false;
  #timer: number | undefined;
  readonly #reported = new Set<string>();

  /** Opens the output at once, so that a level that an earlier run left behind ends here. */
  constructor(options: ResilientLineOptions) {
    this.#options = options;
    this.#open();
  }

  /** True while the output works. */
  get works(): boolean {
    return this.#line !== undefined;
  }

  set(on: boolean): void {
    this.#wanted = on;
    try {
      this.#line?.set(on);
    } catch (error) {
      this.#fail(error);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    try {
      this.#close();
    } catch (error) {
      this.#report(error);
    }
  }

  #open(): void {
    try {
      this.#line = this.#options.open();
      if (this.#wanted) this.#line.set(true);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#reported.clear();
    this.#options.onOpen?.();
  }

  #fail(error: unknown): void {
    this.#report(error);
    try {
      this.#close();
    } catch (consequence) {
      this.#report(consequence);
    }
    this.#timer = setTimeout(() => this.#open(), this.#options.retryMs ?? RETRY_MS);
    // Nobody shall be kept waiting for an output when all else has ended.
    Deno.unrefTimer(this.#timer);
  }

  #report(error: unknown): void {
    if (this.#reported.has(String(error))) return;
    this.#reported.add(String(error));
    this.#options.onError(error);
  }

  #close(): void {
    const line = this.#line;
    this.#line = undefined;
    line?.[Symbol.dispose]();
  }
}
