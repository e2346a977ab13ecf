/**
 * Which clients are refused, how often and since when. It keeps the busiest ones, for any number of
 * addresses an attacker has.
 */

import type { RefusalReason } from "./refusal_report.ts";

/** Instants are monotonic milliseconds. */
export interface RefusedClient {
  readonly reason: RefusalReason;
  /**
   * An address, or the node whose credential was used. `undefined` stands for the sum of all
   * clients that are not active by themselves.
   */
  readonly from: string | undefined;
  readonly count: number;
  readonly sinceMs: number;
  readonly lastMs: number;
  /** Refused so often within the last minutes that a person should know. */
  readonly isActive: boolean;
}

/**
 * Clients that are remembered for each reason. A flood of one kind hides no client of another kind.
 */
const CLIENTS_MAX = 100;
const FORGOTTEN_AFTER_MS = 60 * 60_000;
/** A client stays active for this long after it was last busy. */
const ACTIVE_MS = 5 * 60_000;
/**
 * A client is busy after 20 refusals in a row, or with more than 6 a minute. A mistyped password,
 * or a program that tries a wrong one once a minute, causes no notice.
 */
const CLIENT_PACE = { max: 20, drainMs: 10_000 };
/** All other clients together. */
const OTHERS_PACE = { max: 200, drainMs: 1000 };

interface Pace {
  /** The level at which a client is busy. */
  readonly max: number;
  /** The level falls by one in this time. */
  readonly drainMs: number;
}

interface Tally {
  count: number;
  sinceMs: number;
  lastMs: number;
  level: number;
  busyMs: number;
  /**
   * The count of the client that had this place before. A new client must exceed it to keep the
   * place.
   */
  readonly bar: number;
}

/**
 * Space-saving (Metwally et al. 2005): a new client takes the place of the client with the lowest
 * count and inherits that count as its bar. So a client with more than a hundredth of a reason's
 * refusals always keeps its place. The reported count is that of the client itself.
 */
export class RefusedClients {
  readonly #clients = new Map<RefusalReason, Map<string, Tally>>();
  readonly #others = new Map<RefusalReason, Tally>();

  note(reason: RefusalReason, from: string, nowMs: number, times = 1): void {
    const tally = this.#tallyOf(reason, from, nowMs);
    count(tally, CLIENT_PACE, nowMs, times);
    if (tally.busyMs === nowMs) return;
    const known = this.#others.get(reason);
    const others = known === undefined || isForgotten(known, nowMs) ? newTally(0, nowMs) : known;
    this.#others.set(reason, others);
    count(others, OTHERS_PACE, nowMs, times);
  }

  /** All remembered clients, the active ones first, then by count. */
  all(nowMs: number): readonly RefusedClient[] {
    const clients: RefusedClient[] = [];
    for (const [reason, tallies] of this.#clients) {
      for (const [from, tally] of tallies) {
        if (!isForgotten(tally, nowMs)) clients.push(clientOf(reason, from, tally, nowMs));
      }
    }
    for (const [reason, tally] of this.#others) {
      if (isActive(tally, nowMs)) clients.push(clientOf(reason, undefined, tally, nowMs));
    }
    return clients.sort((a, b) => Number(b.isActive) - Number(a.isActive) || b.count - a.count);
  }

  #tallyOf(reason: RefusalReason, from: string, nowMs: number): Tally {
    const tallies = this.#clients.get(reason) ?? new Map<string, Tally>();
    this.#clients.set(reason, tallies);
    const known = tallies.get(from);
    if (known !== undefined && !isForgotten(known, nowMs)) return known;
    tallies.delete(from);
    const bar = tallies.size < CLIENTS_MAX ? 0 : takePlace(tallies, nowMs);
    const tally = newTally(bar, nowMs);
    tallies.set(from, tally);
    return tally;
  }
}

/** Removes the least important client. Returns the bar that its successor inherits. */
function takePlace(tallies: Map<string, Tally>, nowMs: number): number {
  let least: readonly [from: string, weight: number] | undefined;
  for (const [from, tally] of tallies) {
    const weight = isForgotten(tally, nowMs) ? 0 : tally.bar + tally.count;
    if (least === undefined || weight < least[1]) least = [from, weight];
    if (weight === 0) break;
  }
  if (least === undefined) return 0;
  const [from, weight] = least;
  tallies.delete(from);
  return weight;
}

function newTally(bar: number, nowMs: number): Tally {
  return { count: 0, sinceMs: nowMs, lastMs: nowMs, level: 0, busyMs: -Infinity, bar };
}

function count(tally: Tally, { max, drainMs }: Pace, nowMs: number, times: number): void {
  const drained = (nowMs - tally.lastMs) / drainMs;
  tally.level = Math.min(max, Math.max(0, tally.level - drained) + times);
  tally.count += times;
  tally.lastMs = nowMs;
  if (tally.level === max) tally.busyMs = nowMs;
}

function isForgotten({ lastMs }: Tally, nowMs: number): boolean {
  return nowMs - lastMs >= FORGOTTEN_AFTER_MS;
}

function isActive({ busyMs }: Tally, nowMs: number): boolean {
  return nowMs - busyMs < ACTIVE_MS;
}

function clientOf(
  reason: RefusalReason,
  from: string | undefined,
  tally: Tally,
  nowMs: number,
): RefusedClient {
  const { count, sinceMs, lastMs } = tally;
  return { reason, from, count, sinceMs, lastMs, isActive: isActive(tally, nowMs) };
}
