/** Who may look and act: the hub's password, sessions in a signed cookie, limited attempts. */

import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../io/clock.ts";

export const SESSION_COOKIE = "rpi_cluster_session";
/** A session ends this long after the login. */
export const SESSION_MS = 30 * 24 * 3_600_000;
/** Wrong passwords from one address within a minute; then the door stays shut for it. */
const ATTEMPTS_MAX = 10;
/** Addresses whose failures are remembered. */
const ADDRESSES_MAX = 1000;
const ATTEMPTS_WINDOW_MS = 60_000;

export type Login =
  | { readonly kind: "admitted"; readonly cookie: string }
  | { readonly kind: "wrong" }
  | { readonly kind: "too_many"; readonly retryAfterS: number };

/** Checks passwords and cookies. A cookie is its end and a signature; changing the password ends all. */
export class Access {
  readonly #digest: Buffer;
  readonly #key: Buffer;
  readonly #clock: Clock;
  /** Instants of wrong passwords by address, the address that failed last at the end. */
  readonly #failuresMs = new Map<string, readonly number[]>();

  constructor(password: string, clock: Clock) {
    this.#digest = digestOf(password);
    this.#key = createHash("sha256").update("session key\0").update(password).digest();
    this.#clock = clock;
  }

  /** Admits whoever knows the password. */
  login(password: string, address: string): Login {
    const nowMs = this.#clock.nowMs();
    const recent = (this.#failuresMs.get(address) ?? [])
      .filter((ms) => ms + ATTEMPTS_WINDOW_MS > nowMs);
    const [oldestMs] = recent;
    if (oldestMs !== undefined && recent.length >= ATTEMPTS_MAX) {
      const retryAfterS = Math.ceil((oldestMs + ATTEMPTS_WINDOW_MS - nowMs) / 1000);
      return { kind: "too_many", retryAfterS };
    }
    if (!this.#isPassword(password)) {
      this.#remember(address, [...recent, nowMs]);
      return { kind: "wrong" };
    }
    const endMs = String(Math.round(this.#clock.wallMs(nowMs)) + SESSION_MS);
    return { kind: "admitted", cookie: `${endMs}.${this.#sign(endMs)}` };
  }

  #isPassword(password: string): boolean {
    return timingSafeEqual(this.#digest, digestOf(password));
  }

  isSession(cookie: string): boolean {
    const [endMs = "", signature = ""] = cookie.split(".");
    const expected = Buffer.from(this.#sign(endMs));
    const found = Buffer.from(signature);
    return found.length === expected.length && timingSafeEqual(found, expected) &&
      Number(endMs) > this.#clock.wallMs(this.#clock.nowMs());
  }

  #remember(address: string, failuresMs: readonly number[]): void {
    this.#failuresMs.delete(address);
    this.#failuresMs.set(address, failuresMs);
    const [forgotten] = this.#failuresMs.keys();
    if (this.#failuresMs.size > ADDRESSES_MAX && forgotten !== undefined) {
      this.#failuresMs.delete(forgotten);
    }
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}

function digestOf(password: string): Buffer {
  return createHash("sha256").update(password).digest();
}
