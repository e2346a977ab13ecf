/** The push button of this Pi. Its line is read for ever, and opened again when it is lost. */

import type { ButtonInput } from "../core/alarm/button.ts";
import type { Inbox } from "../io/drive.ts";
import { getLog } from "../io/log/log.ts";
import type { Failures } from "../io/output/failures.ts";
import { type Clock, sleepUntil } from "../io/time/clock.ts";

/** The delay before a failed line is opened again. */
const RETRY_MS = 10_000;

/** A line that is read, as `ffi/gpio.ts` opens it; active means pressed. */
export interface ButtonLine extends Disposable {
  /**
   * Yields each change until the line is disposed, timed on the monotonic clock. Throws when the
   * line is lost.
   */
  edges(): AsyncIterable<{ readonly active: boolean; readonly atMs: number }>;
}

export interface ButtonOptions {
  /** Opens the line; throws when that is impossible now. */
  readonly open: () => ButtonLine;
  /** Receives errors, once each until the button works again. */
  readonly failures: Pick<Failures, "add">;
  readonly inbox: Pick<Inbox<ButtonInput>, "put">;
  readonly clock: Clock;
  readonly retryMs?: number;
}

const log = getLog("button");

/** Reads from construction to disposal. */
export class Button implements AsyncDisposable {
  readonly #options: ButtonOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  /** Errors that were reported since the button last worked. */
  readonly #reported = new Set<string>();
  #isSaidToWork = false;

  constructor(options: ButtonOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { clock, inbox, retryMs = RETRY_MS } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        this.#report(error);
      }
      if (signal.aborted) return;
      inbox.put({ kind: "button_lost" });
      await sleepUntil(clock, clock.nowMs() + retryMs, signal);
    }
  }

  /** Reads until the line is lost, or this is disposed. */
  async #read(): Promise<void> {
    const { open, inbox, clock } = this.#options;
    const { signal } = this.#stop;
    using line = open();
    using ended = new DisposableStack();
    const end = () => line[Symbol.dispose]();
    signal.addEventListener("abort", end, { once: true });
    ended.defer(() => signal.removeEventListener("abort", end));
    if (!this.#isSaidToWork) log.info("button works");
    this.#isSaidToWork = true;
    for await (const { active, atMs } of line.edges()) {
      this.#reported.clear();
      inbox.put({ kind: "edge", pressed: active, atMs, wallMs: clock.wallMs(atMs) });
    }
  }

  #report(error: unknown): void {
    if (this.#reported.has(String(error))) return;
    this.#reported.add(String(error));
    this.#isSaidToWork = false;
    this.#options.failures.add("button", error);
  }
}
