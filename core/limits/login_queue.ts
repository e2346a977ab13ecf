/** Which login's password is checked when: whoever failed lately waits, and keeps nobody else out. */

import { FairQueue } from "../structures/fair_queue.ts";

/** A first failure costs its origin's next login so much; each further one doubles it. */
const FIRST_DELAY_MS = 250;
/** Below the 5 s within which our programs expect an answer from a broker. */
const DELAY_MAX_MS = 2000;
/** So long without a failure, and it begins anew. */
const FORGOTTEN_MS = 60_000;
/** Unchecked logins of one origin that do not wait: agent, tracker and tools of one node start together. */
const TOGETHER_MAX = 8;
/** Delayed logins of one user at one address. With all of them taken 64 a second are checked. */
const DELAYED_PER_USER_MAX = 128;
/** Delayed logins of one address under names that nobody has. */
const DELAYED_PER_STRANGER_MAX = 16;
const DELAYED_MAX = 512;
/** Passwords that are checked at one time; each keeps a thread busy. */
const CHECKS_MAX = 4;
/** Origins whose failures are remembered. */
const ORIGINS_MAX = 4096;

/**
 * Where a login comes from. Failures count for this user at this address alone: a node with a stale
 * password, or a stranger behind the same router, delays no other node of that address.
 */
export interface LoginOrigin {
  /** An IPv4 address, or the network of an IPv6 one. */
  readonly address: string;
  /** The user name, if somebody has it; all other names of one address are one origin. */
  readonly user: string | undefined;
}

interface Account {
  failures: number;
  lastFailureMs: number;
  delayed: number;
  /** Those that wait for a free check or are being checked. */
  unchecked: number;
}

interface Entry {
  readonly origin: LoginOrigin;
  readonly account: Account;
  readonly dueMs: number;
}

/** Instants are monotonic milliseconds. */
export class LoginQueue<Login> {
  /** By origin, the one that was used last at the end. */
  readonly #accounts = new Map<string, Account>();
  /** In the order of arrival. */
  readonly #delayed = new Map<Login, Entry>();
  readonly #known = new FairQueue<Login>();
  readonly #strangers = new FairQueue<Login>();
  /** All that wait for a free check or are being checked. */
  readonly #unchecked = new Map<Login, Entry>();
  #checking = 0;

  /** Takes a login in. Answers what is turned away unchecked for it: perhaps itself. */
  add(login: Login, origin: LoginOrigin, nowMs: number): readonly Login[] {
    const account = this.#accountOf(origin, nowMs);
    const delayMs = delayOf(account);
    const entry = { origin, account, dueMs: nowMs + delayMs };
    if (delayMs === 0) {
      this.#ready(login, entry);
      return [];
    }
    const max = origin.user === undefined ? DELAYED_PER_STRANGER_MAX : DELAYED_PER_USER_MAX;
    if (account.delayed >= max) return [login];
    const evicted = this.#makeRoom(account);
    if (this.#delayed.size >= DELAYED_MAX) return [login];
    account.delayed++;
    this.#delayed.set(login, entry);
    return evicted;
  }

  /** The next one to check now, which has to be `checked()` later. Users that exist come first. */
  next(nowMs: number): Login | undefined {
    for (const [login, entry] of this.#delayed) {
      if (entry.dueMs > nowMs) continue;
      this.#undelay(login, entry);
      this.#ready(login, entry);
    }
    if (this.#checking >= CHECKS_MAX) return undefined;
    const login = this.#known.take() ?? this.#strangers.take();
    if (login !== undefined) this.#checking++;
    return login;
  }

  /** What became of one that `next()` gave. */
  checked(login: Login, isRight: boolean, nowMs: number): void {
    const entry = this.#unchecked.get(login);
    if (entry === undefined) return;
    const { account } = entry;
    this.#unchecked.delete(login);
    this.#checking--;
    account.unchecked--;
    account.failures = isRight ? 0 : account.failures + 1;
    if (!isRight) account.lastFailureMs = nowMs;
  }

  /** When a delayed one may be checked, at the earliest; `Infinity` when none waits for an instant. */
  nextMs(): number {
    let nextMs = Infinity;
    for (const { dueMs } of this.#delayed.values()) nextMs = Math.min(nextMs, dueMs);
    return nextMs;
  }

  /** The user has a new password: what failed by the old one counts no more. */
  forgive(user: string): void {
    for (const [key, account] of this.#accounts) {
      if (key.endsWith(` ${user}`)) account.failures = 0;
    }
  }

  #ready(login: Login, entry: Entry): void {
    const { account, origin: { address, user } } = entry;
    account.unchecked++;
    this.#unchecked.set(login, entry);
    (user === undefined ? this.#strangers : this.#known).add(login, address);
  }

  #undelay(login: Login, { account }: Entry): void {
    account.delayed--;
    this.#delayed.delete(login);
  }

  /** When all places are taken, the newest of the origin with most of them gives way, if it has more. */
  #makeRoom(newcomer: Account): readonly Login[] {
    if (this.#delayed.size < DELAYED_MAX) return [];
    let last: readonly [Login, Entry] | undefined;
    for (const item of this.#delayed) {
      if (last === undefined || item[1].account.delayed >= last[1].account.delayed) last = item;
    }
    if (last === undefined || last[1].account.delayed <= newcomer.delayed + 1) return [];
    this.#undelay(...last);
    return [last[0]];
  }

  #accountOf(origin: LoginOrigin, nowMs: number): Account {
    const key = `${origin.address} ${origin.user ?? ""}`;
    const account = this.#accounts.get(key) ??
      { failures: 0, lastFailureMs: -Infinity, delayed: 0, unchecked: 0 };
    if (nowMs - account.lastFailureMs >= FORGOTTEN_MS) account.failures = 0;
    this.#accounts.delete(key);
    this.#accounts.set(key, account);
    if (this.#accounts.size > ORIGINS_MAX) this.#forgetOldest();
    return account;
  }

  #forgetOldest(): void {
    for (const [key, account] of this.#accounts) {
      if (account.delayed > 0 || account.unchecked > 0) continue;
      this.#accounts.delete(key);
      return;
    }
  }
}

function delayOf({ failures, unchecked }: Account): number {
  const count = failures + Math.max(0, unchecked + 1 - TOGETHER_MAX);
  return count === 0 ? 0 : Math.min(DELAY_MAX_MS, FIRST_DELAY_MS * 2 ** (count - 1));
}
