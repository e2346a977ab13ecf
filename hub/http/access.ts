/** Decides who may view and act: the hub's password, sessions, and a rate limit for logins. */

import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { LoginThrottle } from "../../core/limits/login_throttle.ts";
import { sourceOf } from "../../core/network/address.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import type { Refusals } from "../live/refusals.ts";
import type { Sessions } from "./login_sessions.ts";

/**
 * A password of this length cannot be guessed, however many are tried; a generated one has 22
 * characters.
 */
const UNGUESSABLE_LENGTH = 20;
/** Passwords up to this length are often words, which can be found within days by trying. */
const GUESSABLE_LENGTH = 11;

export type Login =
  | { readonly kind: "admitted" }
  | { readonly kind: "wrong" }
  /** Too many passwords arrived at once. This one may not have been checked. */
  | { readonly kind: "too_many"; readonly retryAfterS: number };

export interface AccessOptions {
  readonly password: string;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly refusals: Refusals;
}

/** Checks passwords. A client with a session needs no password. */
export class Access {
  readonly sessions: Sessions;
  readonly #digest: Buffer;
  readonly #isUnguessable: boolean;
  readonly #clock: Clock;
  readonly #refusals: Refusals;
  readonly #throttle = new LoginThrottle();

  constructor({ password, sessions, clock, refusals }: AccessOptions) {
    this.#digest = digestOf(password);
    this.#isUnguessable = [...password].length >= UNGUESSABLE_LENGTH;
    this.sessions = sessions;
    this.#clock = clock;
    this.#refusals = refusals;
  }

  /**
   * Admits a client that knows the password, within half a second. The check is skipped when the
   * client has hung up.
   */
  async login(password: string, address: string, hungUp: AbortSignal): Promise<Login> {
    const source = sourceOf(address);
    const turn = this.#throttle.arrive(source, this.#clock.nowMs());
    switch (turn.kind) {
      case "now":
        return this.#compare(password, address, source);
      case "later": {
        using _place = turn.place;
        await sleepUntil(this.#clock, turn.atMs, hungUp);
        return hungUp.aborted ? { kind: "wrong" } : this.#compare(password, address, source);
      }
      case "crowded": {
        const { retryAfterS } = turn;
        if (!this.#isUnguessable) {
          this.#refusals.note("page_login", address);
          return { kind: "too_many", retryAfterS };
        }
        const login = this.#compare(password, address, source);
        return login.kind === "admitted" ? login : { kind: "too_many", retryAfterS };
      }
    }
  }

  #compare(password: string, address: string, source: string): Login {
    if (timingSafeEqual(this.#digest, digestOf(password))) {
      this.#throttle.noteRight(source);
      return { kind: "admitted" };
    }
    this.#throttle.noteWrong(source, this.#clock.nowMs());
    this.#refusals.note("page_login", address);
    return { kind: "wrong" };
  }
}

/** Returns whether to warn the owner that the password is weak. */
export function isGuessable(password: string): boolean {
  return [...password].length <= GUESSABLE_LENGTH;
}

function digestOf(password: string): Buffer {
  return createHash("sha256").update(password).digest();
}
