/** When refused strangers are logged: the first, a sum a minute later, then a sum an hour. */

/** Why something was refused; a label of `/metrics`. */
export const REFUSAL_REASONS = [
  /** A connection was ended before it said who it is. */
  "half_open",
  /** A connection was refused, for as many are open as the hub takes. */
  "connections",
  /** A connection was ended, for no more files can be opened. */
  "no_files",
  /** A wrong user name or password at the broker. */
  "broker_login",
  /** A connection to the broker that spoke no MQTT 3.1.1, or broke its rules before its login. */
  "protocol",
  /** A wrong password for the page. */
  "page_login",
  /** A credential has as many connections as it may have, or opens more in a while than it may. */
  "sessions",
  /** A credential publishes more than it may. */
  "rate",
  /** A credential publishes or subscribes where it may not. */
  "forbidden",
  /** Somebody asked to watch, and no place was free. */
  "viewers",
  /** A viewer of the feed sent something. */
  "feed_input",
  /** A request to the page took too long to arrive. */
  "slow_request",
] as const;
export type RefusalReason = typeof REFUSAL_REASONS[number];

export interface RefusalSum {
  readonly reason: RefusalReason;
  /** Since it was told last. */
  readonly count: number;
  /** Those with most of them, with how often. */
  readonly addresses: readonly (readonly [address: string, count: number])[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Addresses that are counted one by one; an attacker may have any number. */
const ADDRESSES_MAX = 1000;
const ADDRESSES_REPORTED = 3;

interface Account {
  unreported: number;
  addresses: Map<string, number>;
  lastMs: number;
  reportedMs: number;
  /** From the last line to the next one. */
  waitMs: number;
}

/** One account for each reason, so that no stranger's text decides how much is logged. */
export class RefusalReport {
  readonly #accounts = new Map<RefusalReason, Account>();

  /**
   * Counts one, or so many. `address` is where it came from, or the node whose credential was used. Answers what is
   * to be logged now, if anything.
   */
  note(reason: RefusalReason, address: string, nowMs: number, times = 1): RefusalSum | undefined {
    const account = this.#accountOf(reason, nowMs);
    account.unreported += times;
    account.lastMs = nowMs;
    const { addresses } = account;
    if (addresses.size < ADDRESSES_MAX || addresses.has(address)) {
      addresses.set(address, (addresses.get(address) ?? 0) + times);
    }
    if (nowMs - account.reportedMs < account.waitMs) return undefined;
    const count = account.unreported;
    account.unreported = 0;
    account.addresses = new Map();
    account.waitMs = account.reportedMs === -Infinity ? MINUTE_MS : HOUR_MS;
    account.reportedMs = nowMs;
    const most = [...addresses].sort(([, a], [, b]) => b - a).slice(0, ADDRESSES_REPORTED);
    return { reason, count, addresses: most };
  }

  /** After an hour without one it begins anew. */
  #accountOf(reason: RefusalReason, nowMs: number): Account {
    const known = this.#accounts.get(reason);
    if (known !== undefined && nowMs - known.lastMs < HOUR_MS) return known;
    const account = {
      unreported: 0,
      addresses: new Map<string, number>(),
      lastMs: nowMs,
      reportedMs: -Infinity,
      waitMs: 0,
    };
    this.#accounts.set(reason, account);
    return account;
  }
}
