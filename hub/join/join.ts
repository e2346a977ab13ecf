/** One join: a line for one Pi, from its making until the hub hears the Pi. */

import { JOIN_STEPS, type JoinFailure, type JoinStep } from "../../core/api/join_view.ts";
import type { HubAddress } from "./hub_address.ts";
import { digestOf, newId, newSecret } from "./secret.ts";

/** A line can be used for this long. */
export const LINE_MS = 15 * 60_000;
/** From the script's download: slow cards install for minutes, and people read the script first. */
export const RUN_MS = 45 * 60_000;
/** A credential is made anew when the answer with it was lost on its way, but not without end. */
const CONFIGURATIONS_MAX = 3;

export interface JoinRequest {
  readonly node: string;
  readonly name: string;
  /** How the Pi reaches the hub. */
  readonly address: HubAddress;
  /** Whether the Pi takes upgrades from this hub; `undefined`: as before. */
  readonly updates?: boolean | undefined;
}

/** Instants are monotonic milliseconds. */
export class Join {
  readonly id = newId();
  readonly request: JoinRequest;
  /** The line can be used until then. */
  readonly lineUntilMs: number;
  /** Finds the join by its token. */
  readonly tokenDigest: string;
  /** Known to the run of the script that fetched it last. */
  #keyDigest: string | undefined;
  #runUntilMs = -Infinity;
  #step: JoinStep = "made";
  #failure: JoinFailure | undefined;
  #from: string | undefined;
  #configurations = 0;
  #endedMs = Infinity;
  /** The session of the Pi before it was configured, which is not the new one. */
  sessionBefore: string | null = null;

  constructor(request: JoinRequest, token: string, nowMs: number) {
    this.request = request;
    this.lineUntilMs = nowMs + LINE_MS;
    this.tokenDigest = digestOf(token) ?? "";
  }

  get step(): JoinStep {
    return this.#step;
  }

  get failure(): JoinFailure | undefined {
    return this.#failure;
  }

  get from(): string | undefined {
    return this.#from;
  }

  /** When the join ended; `Infinity` while it has not. */
  get endedMs(): number {
    return this.#endedMs;
  }

  /** When it expires if nothing happens; `Infinity` when it has ended. */
  get expiresMs(): number {
    if (this.#endedMs !== Infinity) return Infinity;
    return this.#isRunning ? this.#runUntilMs : this.lineUntilMs;
  }

  get #isRunning(): boolean {
    return this.#keyDigest !== undefined;
  }

  /** Whether its script may fetch packages now. */
  mayDownload(nowMs: number): boolean {
    return this.#isRunning && nowMs < this.#runUntilMs;
  }

  /**
   * Lets one caller have the script. Returns the key that only this run of the script knows, or
   * `undefined` when the line was used or is too old.
   */
  claim(from: string, nowMs: number): string | undefined {
    if (this.#endedMs !== Infinity || this.#isRunning || nowMs >= this.lineUntilMs) {
      return undefined;
    }
    const key = newSecret();
    this.#keyDigest = digestOf(key);
    this.#runUntilMs = nowMs + RUN_MS;
    this.#from = from;
    this.#step = "fetched";
    this.#failure = undefined;
    return key;
  }

  /** Whether the caller is the run that has the script. */
  isRunBy(key: string, nowMs: number): boolean {
    return this.mayDownload(nowMs) && digestOf(key) === this.#keyDigest;
  }

  /** Returns false when the credential was made too often. */
  mayConfigure(): boolean {
    this.#configurations++;
    return this.#configurations <= CONFIGURATIONS_MAX;
  }

  /** Steps may be told twice, and never lead back. Returns whether anything has changed. */
  reach(step: JoinStep, nowMs: number): boolean {
    if (JOIN_STEPS.indexOf(step) <= JOIN_STEPS.indexOf(this.#step)) return false;
    this.#step = step;
    if (step === "up" || step === "removed") {
      this.#failure = undefined;
      this.#end(nowMs);
    }
    return true;
  }

  /**
   * The script has given up. Before the credential was made nothing has happened that could not
   * happen again: then the line can be used again for the rest of its time.
   */
  fail(failure: JoinFailure, nowMs: number): void {
    this.#failure = failure;
    const isUndone = this.#configurations === 0 && nowMs < this.lineUntilMs;
    if (!isUndone) return this.#end(nowMs);
    this.#keyDigest = undefined;
    this.#step = "made";
  }

  /** Ends it when its time is up. Returns whether it has ended now. */
  expire(nowMs: number): boolean {
    if (nowMs < this.expiresMs) return false;
    this.#failure = this.#isRunning ? "stalled" : "expired";
    this.#end(nowMs);
    return true;
  }

  /** Nobody can use the line any more. A join that has ended stays as it is. */
  cancel(nowMs: number): void {
    if (this.#endedMs !== Infinity) return;
    this.#failure = "expired";
    this.#end(nowMs);
  }

  #end(nowMs: number): void {
    this.#endedMs = Math.min(this.#endedMs, nowMs);
    this.#keyDigest = undefined;
  }
}
