/** How logins are slowed down while wrong passwords come in. */

/**
 * Wrong passwords that slow nothing down, for people mistype. `count` are free at first, and one more
 * after each `eachMs`.
 */
interface Allowance {
  readonly count: number;
  readonly eachMs: number;
}

const OF_ONE_SOURCE: Allowance = { count: 5, eachMs: 12_000 };
const OF_ALL_SOURCES: Allowance = { count: 50, eachMs: 600 };

/** How long a password waits before it is compared, where too many wrong ones came in. */
const WAIT_MS = 400;
/**
 * Passwords that wait at a time: as many are compared within `WAIT_MS`. Each holds a connection, and
 * together they are fewer than the page's connections of strangers, which give way when they wait.
 */
const WAITING_MAX = 384;
/** Further ones, from sources from which the right password came before. */
const KNOWN_WAITING_MAX = 96;
const RETRY_AFTER_S = 1;
/** Sources whose wrong passwords are remembered. */
const SOURCES_MAX = 1000;
/** Sources from which the right password came that are remembered. */
const KNOWN_MAX = 100;

export type Turn =
  | { readonly kind: "now" }
  /** It waits until the monotonic `atMs`, and holds its place until that is disposed. */
  | { readonly kind: "later"; readonly atMs: number; readonly place: Disposable }
  /** Too many wait already. */
  | { readonly kind: "crowded"; readonly retryAfterS: number };

/**
 * Decides when a password is compared. A guess is compared as late as the right password, so that
 * nobody can tell a wrong one sooner than after the wait. A source is an address, or an IPv6 network.
 * Instants are monotonic milliseconds.
 */
export class LoginThrottle {
  /** When the whole allowance is free again, by source; the source that failed last at the end. */
  readonly #freeAtMs = new Map<string, number>();
  #allFreeAtMs = -Infinity;
  /** The source that was admitted last at the end. */
  readonly #known = new Set<string>();
  readonly #room = new WaitingRoom(WAITING_MAX);
  readonly #roomOfKnown = new WaitingRoom(KNOWN_WAITING_MAX);

  /** Somebody sends a password. */
  arrive(source: string, nowMs: number): Turn {
    const isKnown = this.#known.has(source);
    const freeAtMs = this.#freeAtMs.get(source) ?? -Infinity;
    const isSlow = isUsedUp(OF_ONE_SOURCE, freeAtMs, nowMs) ||
      !isKnown && isUsedUp(OF_ALL_SOURCES, this.#allFreeAtMs, nowMs);
    if (!isSlow) return { kind: "now" };
    const place = this.#room.enter(source) ??
      (isKnown ? this.#roomOfKnown.enter(source) : undefined);
    return place === undefined
      ? { kind: "crowded", retryAfterS: RETRY_AFTER_S }
      : { kind: "later", atMs: nowMs + WAIT_MS, place };
  }

  /** A password was wrong. */
  noteWrong(source: string, nowMs: number): void {
    const freeAtMs = this.#freeAtMs.get(source) ?? -Infinity;
    this.#freeAtMs.delete(source);
    this.#freeAtMs.set(source, oneLess(OF_ONE_SOURCE, freeAtMs, nowMs));
    keepNewest(this.#freeAtMs, SOURCES_MAX);
    this.#allFreeAtMs = oneLess(OF_ALL_SOURCES, this.#allFreeAtMs, nowMs);
  }

  /** A password was right. */
  noteRight(source: string): void {
    this.#known.delete(source);
    this.#known.add(source);
    keepNewest(this.#known, KNOWN_MAX);
  }
}

/** Places for passwords that wait. */
class WaitingRoom {
  readonly #max: number;
  readonly #bySource = new Map<string, number>();
  #size = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * A place until it is disposed. No source has more places than are free, so that few of them never
   * fill the room: one gets half of it, two get a third each.
   */
  enter(source: string): Disposable | undefined {
    const own = this.#bySource.get(source) ?? 0;
    if (own >= this.#max - this.#size) return undefined;
    this.#change(source, 1);
    return { [Symbol.dispose]: () => this.#change(source, -1) };
  }

  #change(source: string, by: 1 | -1): void {
    this.#size += by;
    const count = (this.#bySource.get(source) ?? 0) + by;
    if (count === 0) this.#bySource.delete(source);
    else this.#bySource.set(source, count);
  }
}

function isUsedUp({ count, eachMs }: Allowance, freeAtMs: number, nowMs: number): boolean {
  return freeAtMs - nowMs > (count - 1) * eachMs;
}

/** When the whole allowance is free again after one more wrong password. */
function oneLess({ count, eachMs }: Allowance, freeAtMs: number, nowMs: number): number {
  return Math.min(Math.max(freeAtMs, nowMs) + eachMs, nowMs + count * eachMs);
}

function keepNewest(
  collection: { readonly size: number; keys(): Iterable<string>; delete(key: string): boolean },
  max: number,
): void {
  if (collection.size <= max) return;
  for (const oldest of collection.keys()) {
    collection.delete(oldest);
    return;
  }
}
