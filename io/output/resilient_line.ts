/** An output that may be missing: the program continues, and the output is opened again later. */
import type { OutputLine } from "./indicator.ts";

/** The delay before a failed output is opened again. */
const RETRY_MS = 10_000;

export interface ResilientLineOptions {
  /** Opens the output, initially off. Throws when that is impossible now. */
  readonly open: () => OutputLine;
  /** Called once for each distinct error until the output works again. */
  readonly onError: (error: unknown) => void;
  /** Called each time the output was opened. */
  readonly onOpen?: () => void;
  readonly retryMs?: number;
}

/** Keeps the requested level, and sets it as soon as the output works. `set` never throws. */
export class ResilientLine implements OutputLine {
  readonly #options: ResilientLineOptions;
  #line: OutputLine | undefined;
  #wanted = false;
  #timer: number | undefined;
  readonly #reported = new Set<string>();

  /** Opens the output at once, which also turns off what an earlier run left on. */
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
    // This timer must not delay the end of the program.
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
