/** Who may look and act: the hub's password, the sessions that it opens, limited attempts. */

import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../io/clock.ts";
import type { Sessions } from "./sessions.ts";

/** Wrong passwords from one address within a minute; then the door stays shut for it. */
const ATTEMPTS_MAX = 10;
/** Wrong passwords from all addresses together within a minute; then it is shut for everybody. */
const ATTEMPTS_OVERALL_MAX = 100;
/** Addresses whose failures are remembered. */
const ADDRESSES_MAX = 1000;
const ATTEMPTS_WINDOW_MS = 60_000;

export type Login =
  | { readonly kind: "admitted" }
  | { readonly kind: "wrong" }
  | { readonly kind: "too_many"; readonly retryAfterS: number };

/** Checks passwords; who has a session is not asked for one. */
export class Access {
  readonly sessions: Sessions;
  readonly #digest: Buffer;
  readonly #clock: Clock;
  /** Instants of wrong passwords by address, the address that failed last at the end. */
  readonly #failuresMs = new Map<string, readonly number[]>();
  /** Of all addresses, oldest first. */
  readonly #allFailuresMs: number[] = [];

  constructor(password: string, sessions: Sessions, clock: Clock) {
    this.#digest = digestOf(password);
    this.sessions = sessions;
    this.#clock = clock;
  }

  /** Admits whoever knows the password. */
  login(password: string, address: string): Login {
    const nowMs = this.#clock.nowMs();
    const source = sourceOf(address);
    const recent = within(this.#failuresMs.get(source) ?? [], nowMs);
    const all = within(this.#allFailuresMs, nowMs);
    this.#allFailuresMs.splice(0, this.#allFailuresMs.length - all.length);
    const waitMs = Math.max(
      waitOf(recent, ATTEMPTS_MAX, nowMs),
      waitOf(all, ATTEMPTS_OVERALL_MAX, nowMs),
    );
    if (waitMs > 0) return { kind: "too_many", retryAfterS: Math.ceil(waitMs / 1000) };
    if (timingSafeEqual(this.#digest, digestOf(password))) return { kind: "admitted" };
    this.#remember(source, [...recent, nowMs]);
    this.#allFailuresMs.push(nowMs);
    return { kind: "wrong" };
  }

  #remember(source: string, failuresMs: readonly number[]): void {
    this.#failuresMs.delete(source);
    this.#failuresMs.set(source, failuresMs);
    const [forgotten] = this.#failuresMs.keys();
    if (this.#failuresMs.size > ADDRESSES_MAX && forgotten !== undefined) {
      this.#failuresMs.delete(forgotten);
    }
  }
}

function within(instantsMs: readonly number[], nowMs: number): readonly number[] {
  return instantsMs.filter((ms) => ms + ATTEMPTS_WINDOW_MS > nowMs);
}

/** How long the door stays shut after so many failures; 0 when it is open. */
function waitOf(failuresMs: readonly number[], max: number, nowMs: number): number {
  const oldestMs = failuresMs.at(-max);
  return oldestMs === undefined ? 0 : oldestMs + ATTEMPTS_WINDOW_MS - nowMs;
}

/** Whoever has one IPv6 address has the whole network of its first 64 bits. */
export function sourceOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = groupsOf(head);
  if (tail === undefined) return groups.slice(0, 4).join(":");
  const last = groupsOf(tail);
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - last.length) }, () => "0");
  return [...groups, ...zeros, ...last].slice(0, 4).join(":");
}

function groupsOf(text: string): readonly string[] {
  return text.split(":").filter((group) => group !== "").map((group) =>
    group.replace(/^0+(?=.)/, "")
  );
}

function digestOf(password: string): Buffer {
  return createHash("sha256").update(password).digest();
}
