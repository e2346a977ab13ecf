/** Looks up the broker's name, one question at a time, for as long as the system's resolver takes. */

import { lookup } from "node:dns/promises";
import type { LookupFault } from "../../core/network/broker_fault.ts";
import type { Clock } from "../time/clock.ts";

/**
 * So long the system may take: it gives a name server 5 s, asks each one twice, and mDNS takes its own
 * time.
 */
export const LOOKUP_MS = 15_000;
/** An answer that took at least so long is no server's "no", but its silence. */
const SILENCE_MS = 4000;
/** Addresses beyond these are not tried. */
const ADDRESSES_MAX = 8;

/** What a name is. */
export type LookupAnswer =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "fault"; readonly fault: LookupFault };

/**
 * The question for one name. The resolver cannot be told to stop, so a question outlives the attempt
 * that asked it, and later attempts wait for the same answer: a mute name server never holds up more
 * than one thread.
 */
export class NameLookup {
  readonly #host: string;
  readonly #clock: Clock;
  #asked: { readonly atMs: number; readonly answer: Promise<LookupAnswer> } | undefined;

  constructor(host: string, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** Whether a question waits for its answer, or an answer for whoever wants it. */
  get isPending(): boolean {
    return this.#asked !== undefined;
  }

  /**
   * The addresses of the name, as the system orders them. Waits until `withinMs` after the question
   * was asked, or `stop` aborts.
   */
  async addresses(withinMs: number, stop: AbortSignal): Promise<LookupAnswer> {
    const asked = this.#ask();
    const untilMs = asked.atMs + withinMs;
    const answer = await this.#wait(asked.answer, untilMs, stop);
    if (answer === undefined) return { kind: "fault", fault: this.#slow(asked.atMs) };
    // The next attempt asks anew.
    this.#asked = undefined;
    return answer;
  }

  #ask(): { readonly atMs: number; readonly answer: Promise<LookupAnswer> } {
    this.#asked ??= { atMs: this.#clock.nowMs(), answer: this.#question() };
    return this.#asked;
  }

  async #question(): Promise<LookupAnswer> {
    const startMs = this.#clock.nowMs();
    try {
      const found = await lookup(this.#host, { all: true });
      const addresses = found.slice(0, ADDRESSES_MAX).map(({ address }) => address);
      if (addresses.length > 0) return { kind: "addresses", addresses };
      return { kind: "fault", fault: this.#failed("it has no address") };
    } catch (error) {
      const isSilence = this.#clock.nowMs() - startMs >= SILENCE_MS;
      return {
        kind: "fault",
        fault: isSilence ? this.#slow(startMs) : this.#failed(wordsOf(error)),
      };
    }
  }

  async #wait(
    answer: Promise<LookupAnswer>,
    untilMs: number,
    stop: AbortSignal,
  ): Promise<LookupAnswer | undefined> {
    const over = Promise.withResolvers<undefined>();
    const end = () => over.resolve(undefined);
    stop.addEventListener("abort", end, { once: true });
    if (stop.aborted) end();
    // At once where the question is old already, but never before its answer is looked at.
    using _alarm = this.#clock.callAt(untilMs, end);
    try {
      return await Promise.race([answer, over.promise]);
    } finally {
      stop.removeEventListener("abort", end);
    }
  }

  #slow(fromMs: number): LookupFault {
    const afterMs = this.#clock.nowMs() - fromMs;
    return { code: "lookup_slow", host: this.#host, afterMs };
  }

  #failed(detail: string): LookupFault {
    return { code: "lookup_failed", host: this.#host, detail };
  }
}

/** The resolver's codes, such as ENOTFOUND, in words. */
function wordsOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOTFOUND":
    case "ENODATA":
      return "the name is not known";
    case "EAI_AGAIN":
      return "no name server answers";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
