/**
 * When each login's password is checked: after recent failures a login waits, and delays nobody
 * else.
 */

import { FairQueue } from "../structures/fair_queue.ts";

/** The delay after a first failure of an origin. Each further failure doubles it. */
const FIRST_DELAY_MS = 250;
/** Less than the 5 s within which our programs expect an answer from a broker. */
const DELAY_MAX_MS = 2000;
/** After this long without a failure, the delay starts from the beginning. */
const FORGOTTEN_MS = 60_000;
/**
 * Unchecked logins of one origin without delay: agent, tracker and tools of one node start
 * together.
 */
const TOGETHER_MAX = 8;
/** Delayed logins of one user at one address. When all are taken, 64 are checked a second. */
const DELAYED_PER_USER_MAX = 128;
/** Delayed logins of one address with user names that do not exist. */
const DELAYED_PER_UNKNOWN_MAX = 16;
const DELAYED_MAX = 512;
/** Passwords that are checked at one time. Each check uses a thread. */
const CHECKS_MAX = 4;
/** Origins whose failures are remembered. */
const ORIGINS_MAX = 4096;

/**
 * The origin of a login. Failures count for this user at this address only: a node with an old
 * password, or an unknown client behind the same router, delays no other node of that address.
 */
export interface LoginOrigin {
  /** An IPv4 address, or the network of an IPv6 address. */
  readonly address: string;
  /** The user name, if it exists. All other names of one address are one origin. */
  readonly user: string | undefined;
}

interface Account {
  failures: number;
  lastFailureMs: number;
  delayed: number;
  /** Logins that wait for a free check or are being checked. */
  unchecked: number;
}

interface Entry {
  readonly origin: LoginOrigin;
  readonly account: Account;
  readonly dueMs: number;
}

/** Instants are monotonic milliseconds. */
export class LoginQueue<Login> {
  /** By origin, the last used one at the end. */
  readonly #accounts = new Map<string, Account>();
  /** In the order of arrival. */
  readonly #delayed = new Map<Login, Entry>();
  readonly #known = new FairQueue<Login>();
  readonly #unknown = new FairQueue<Login>();
  /** All logins that wait for a free check or are being checked. */
  readonly #unchecked = new Map<Login, Entry>();
  #checking = 0;

  /**
   * Adds a login. Returns the logins that are rejected unchecked for it, which may include itself.
   */
  add(login: Login, origin: LoginOrigin, nowMs: number): readonly Login[] {
    const account = this.#accountOf(origin, nowMs);
    const delayMs = delayOf(account);
    const entry = { origin, account, dueMs: nowMs + delayMs };
    if (delayMs === 0) {
      this.#ready(login, entry);
      return [];
    }
    const max = origin.user === undefined ? DELAYED_PER_UNKNOWN_MAX : DELAYED_PER_USER_MAX;
    if (account.delayed >= max) return [login];
    const evicted = this.#makeRoom(account);
    if (this.#delayed.size >= DELAYED_MAX) return [login];
    account.delayed++;
    this.#delayed.set(login, entry);
    return evicted;
  }

  /**
   * The next login to check. The caller must report it with `checked()`. Existing users come first.
   */
  next(nowMs: number): Login | undefined {
    for (const [login, entry] of this.#delayed) {
      if (entry.dueMs > nowMs) continue;
      this.#undelay(login, entry);
      this.#ready(login, entry);
    }
    if (this.#checking >= CHECKS_MAX) return undefined;
    const login = this.#known.take() ?? this.#unknown.take();
    if (login !== undefined) this.#checking++;
    return login;
  }

  /** Reports the result of a login from `next()`. */
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

  /**
   * The earliest instant at which a delayed login may be checked; `Infinity` if none is delayed.
   */
  nextMs(): number {
    let nextMs = Infinity;
    for (const { dueMs } of this.#delayed.values()) nextMs = Math.min(nextMs, dueMs);
    return nextMs;
  }

  /** The user has a new password, so failures with the old one no longer count. */
  forgive(user: string): void {
    for (const [key, account] of this.#accounts) {
      if (key.endsWith(` ${user}`)) account.failures = 0;
    }
  }

  #ready(login: Login, entry: Entry): void {
    const { account, origin: { address, user } } = entry;
    account.unchecked++;
    this.#unchecked.set(login, entry);
    (user === undefined ? this.#unknown : this.#known).add(login, address);
  }

  #undelay(login: Login, { account }: Entry): void {
    account.delayed--;
    this.#delayed.delete(login);
  }

  /**
   * If all places are taken, the newest login of the origin with most of them is rejected, provided
   * that origin has more than the new one.
   */
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
