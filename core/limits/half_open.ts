/** Connections that have not said who they are: which of them give way to a newcomer. */

import type { HalfOpenLimits } from "./connection_budget.ts";

/**
 * A newcomer always gets in: a healthy client says who it is at once, so it is never the one that has
 * waited longest. Instants are monotonic milliseconds.
 */
export class HalfOpen<Connection> {
  readonly #limits: HalfOpenLimits;
  /** The instants of arrival by address; those of an address oldest first. */
  readonly #byAddress = new Map<string, Map<Connection, number>>();
  #size = 0;

  constructor(limits: HalfOpenLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes a newcomer in. Answers those that are to be ended for it, which it forgets. */
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

  /** It has said who it is, or it is closed. */
  delete(connection: Connection, address: string): void {
    const same = this.#byAddress.get(address);
    if (same?.delete(connection) !== true) return;
    this.#size--;
    if (same.size === 0) this.#byAddress.delete(address);
  }

  /** All that have waited for longer than the patience, which it forgets: files are short. */
  shed(nowMs: number): readonly Connection[] {
    return [...this.#byAddress].flatMap(([address, same]) => this.#overdue(address, same, nowMs));
  }

  /**
   * Whether somebody else is to give way before a newcomer of this address does: one of an address with
   * more of them (or as many, when the newcomer wins ties), or one that has waited for longer than the
   * patience.
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

  /** Room is needed: the one that has waited longest gives way. Answers it, if there is any. */
  yieldOne(): readonly Connection[] {
    return this.#oldestOfMost();
  }

  /** The one that has waited longest of the address with most of them, which it forgets. */
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
