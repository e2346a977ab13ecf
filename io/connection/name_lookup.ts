/** Looks up the broker's name, one lookup at a time, for as long as the system's resolver takes. */

import { lookup } from "node:dns/promises";
import type { LookupFault } from "../../core/network/broker_fault.ts";
import type { Clock } from "../time/clock.ts";

/**
 * The time limit of the system's resolver: it gives a name server 5 s, asks each server twice, and
 * mDNS needs time of its own.
 */
export const LOOKUP_MS = 15_000;
/** A "not found" after at least this time means that no name server answered. */
const NO_ANSWER_MS = 4000;
/** Further addresses are not tried. */
const ADDRESSES_MAX = 8;

/** The result of a lookup. */
export type LookupAnswer =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "fault"; readonly fault: LookupFault };

/**
 * Looks up one name. The system's resolver cannot be cancelled, so a lookup may outlive the attempt
 * that started it, and later attempts wait for the same result. A silent name server therefore
 * blocks one thread at most.
 */
export class NameLookup {
  readonly #host: string;
  readonly #clock: Clock;
  #lookup: { readonly atMs: number; readonly answer: Promise<LookupAnswer> } | undefined;

  constructor(host: string, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** Whether a lookup is in progress or its result was not read yet. */
  get isPending(): boolean {
    return this.#lookup !== undefined;
  }

  /**
   * Returns the addresses of the name in the system's order. Waits until `withinMs` after the
   * lookup began, or until `stop` aborts.
   */
  async addresses(withinMs: number, stop: AbortSignal): Promise<LookupAnswer> {
    const pending = this.#start();
    const untilMs = pending.atMs + withinMs;
    const answer = await this.#wait(pending.answer, untilMs, stop);
    if (answer === undefined) return { kind: "fault", fault: this.#slow(pending.atMs) };
    // The next attempt starts a new lookup.
    this.#lookup = undefined;
    return answer;
  }

  #start(): { readonly atMs: number; readonly answer: Promise<LookupAnswer> } {
    this.#lookup ??= { atMs: this.#clock.nowMs(), answer: this.#resolve() };
    return this.#lookup;
  }

  async #resolve(): Promise<LookupAnswer> {
    const startMs = this.#clock.nowMs();
    try {
      const found = await lookup(this.#host, { all: true });
      const addresses = found.slice(0, ADDRESSES_MAX).map(({ address }) => address);
      if (addresses.length > 0) return { kind: "addresses", addresses };
      return { kind: "fault", fault: this.#failed("it has no address") };
    } catch (error) {
      const isNoAnswer = this.#clock.nowMs() - startMs >= NO_ANSWER_MS;
      return {
        kind: "fault",
        fault: isNoAnswer ? this.#slow(startMs) : this.#failed(wordsOf(error)),
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
    // An old lookup makes the alarm due at once, but the result is checked first.
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

/** Turns the resolver's codes, such as ENOTFOUND, into words. */
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
