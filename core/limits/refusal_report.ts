/** When refused clients are logged: the first refusal, a sum a minute later, then a sum an hour. */

/** Why something was refused. The codes are labels of `/metrics`. */
export const REFUSAL_REASONS = [
  /** A connection was closed before its client identified itself. */
  "half_open",
  /** A connection was refused, because the hub has its maximum of connections. */
  "connections",
  /** A connection was closed, because no more files can be opened. */
  "no_files",
  /** A wrong user name or password at the broker. */
  "broker_login",
  /** A connection to the broker was not MQTT 3.1.1, or violated it before the login. */
  "protocol",
  /** A wrong password for the page. */
  "page_login",
  /** A credential exceeded its number of connections, or opened new ones too often. */
  "sessions",
  /** The hub watches its maximum of nodes, and this one is another. */
  "nodes",
  /** The embedded broker serves its maximum of nodes, and this one is another. */
  "broker_nodes",
  /** A credential published more than its limit. */
  "rate",
  /** A credential published or subscribed without permission. */
  "forbidden",
  /** A viewer found no free place. */
  "viewers",
  /** A viewer of the feed sent data. */
  "feed_input",
  /** A request to the page took too long to arrive. */
  "slow_request",
  /** A Pi wanted to join by a line that does not exist, or asked what only another one may. */
  "join",
] as const;
export type RefusalReason = typeof REFUSAL_REASONS[number];

export interface RefusalSum {
  readonly reason: RefusalReason;
  /** The number of refusals since the last report. */
  readonly count: number;
  /** The addresses with most refusals, with their counts. */
  readonly addresses: readonly (readonly [address: string, count: number])[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Addresses that are counted one by one. An attacker may have any number of them. */
const ADDRESSES_MAX = 1000;
const ADDRESSES_REPORTED = 3;

interface Account {
  unreported: number;
  addresses: Map<string, number>;
  lastMs: number;
  reportedMs: number;
  /** The time from the last line to the next one. */
  waitMs: number;
}

/** One account for each reason, so that no client's text controls how much is logged. */
export class RefusalReport {
  readonly #accounts = new Map<RefusalReason, Account>();

  /**
   * Counts `times` refusals. `address` is the client's address, or the node whose credential was
   * used. Returns what must be logged now, if anything.
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

  /** After an hour without a refusal the account restarts. */
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
