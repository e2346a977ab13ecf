/** Connections that are not yet identified: which of them are closed for a new one. */

import type { HalfOpenLimits } from "./connection_budget.ts";

/**
 * A new connection is always accepted. A healthy client identifies itself at once, so it is never
 * the one that has waited longest. Instants are monotonic milliseconds.
 */
export class HalfOpen<Connection> {
  readonly #limits: HalfOpenLimits;
  /** The instants of arrival by address. Within an address the oldest is first. */
  readonly #byAddress = new Map<string, Map<Connection, number>>();
  #size = 0;

  constructor(limits: HalfOpenLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a new connection. Returns the connections to close for it, which it removes. */
  add(connection: Connection, address: string, nowMs: number): readonly Connection[] {
    const same = this.#byAddress.get(address) ?? new Map<Connection, number>();
    this.#byAddress.set(address, same);
    same.set(connection, nowMs);
    this.#size++;
    const ended: Connection[] = [];
    if (same.size > this.#limits.perAddressMax) {
      ended.push(...this.#overdue(address, same, nowMs));
    }
    if (this.#size > this.#limits.overallMax) ended.push(...this.#oldestOfMost());
    return ended;
  }

  /** The connection is identified or closed. */
  delete(connection: Connection, address: string): void {
    const same = this.#byAddress.get(address);
    if (same?.delete(connection) !== true) return;
    this.#size--;
    if (same.size === 0) this.#byAddress.delete(address);
  }

  /**
   * Returns and removes all that have waited for longer than the patience. Used when file
   * descriptors run out.
   */
  removeOverdue(nowMs: number): readonly Connection[] {
    return [...this.#byAddress].flatMap(([address, same]) => this.#overdue(address, same, nowMs));
  }

  /**
   * Whether another connection is closed before a new one of this address: one of an address with
   * more connections (or as many, if the new one wins ties), or one that has waited for longer than
   * the patience.
   */
  hasWeakerThan(address: string, nowMs: number, winsTies: boolean): boolean {
    const most = this.#most();
    if (most === undefined) return false;
    const [, same] = most;
    const own = (this.#byAddress.get(address)?.size ?? 0) + 1;
    if (same.size > own || winsTies && same.size === own) return true;
    for (const sinceMs of same.values()) return nowMs - sinceMs >= this.#limits.patienceMs;
    return false;
  }

  /** Makes room: returns and removes the connection that has waited longest, if there is one. */
  removeOldest(): readonly Connection[] {
    return this.#oldestOfMost();
  }

  /** The oldest connection of the address with most of them, which it removes. */
  #oldestOfMost(): readonly Connection[] {
    const most = this.#most();
    if (most === undefined) return [];
    const [address, same] = most;
    for (const connection of same.keys()) {
      this.delete(connection, address);
      return [connection];
    }
    return [];
  }

  #most(): readonly [string, Map<Connection, number>] | undefined {
    let most: readonly [string, Map<Connection, number>] | undefined;
    for (const entry of this.#byAddress) {
      if (most === undefined || entry[1].size > most[1].size) most = entry;
    }
    return most;
  }

  #overdue(
    address: string,
    same: ReadonlyMap<Connection, number>,
    nowMs: number,
  ): readonly Connection[] {
    const overdue: Connection[] = [];
    for (const [connection, sinceMs] of same) {
      if (nowMs - sinceMs < this.#limits.patienceMs) break;
      overdue.push(connection);
    }
    for (const connection of overdue) this.delete(connection, address);
    return overdue;
  }
}
