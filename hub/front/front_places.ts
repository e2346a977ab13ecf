/**
 * Assigns the places of the page's connections, and decides which connection is ended for a new
 * one.
 */

import type { PageBudget } from "../../core/limits/connection_budget.ts";
import { HalfOpen } from "../../core/limits/half_open.ts";
import type { RefusalReason } from "../../core/limits/refusal_report.ts";
import { NewestSet } from "../../core/structures/newest_set.ts";
import { Tally } from "../../core/structures/tally.ts";

/** How many source addresses of logins are remembered. */
const OWNERS_MAX = 100;

/**
 * Larger than the answer to a login. The system accepts this much on any connection without
 * waiting.
 */
const UNSTICKABLE_BYTES = 12 * 1024;

/** A connection that can have a place. */
export interface Placed {
  readonly peer: {
    /** The source under which it is counted. */
    readonly source: string;
    /** It is a proxy that the configuration names. */
    readonly isTrusted: boolean;
  };
}

/**
 * A new connection always gets a place, unless all are taken by connections whose answers are being
 * made. If those were ended, a crowd that reconnects all the time would never get an answer. `end`
 * receives each connection that must end. Call `leave` for it, as for every connection that ends.
 */
export class FrontPlaces<Connection extends Placed> {
  readonly #budget: PageBudget;
  readonly #end: (connection: Connection, reason: RefusalReason) => void;
  /** Connections whose first request is not complete. */
  readonly #waiting: HalfOpen<Connection>;
  /** Unknown clients whose request is being answered. */
  readonly #asking: HalfOpen<Connection>;
  /** Unknown clients that have their answer or are receiving it. They are ended first. */
  readonly #answered: HalfOpen<Connection>;
  /** Connections that watch or are logged in. They are never ended for others. */
  readonly #known = new Set<Connection>();
  /** Source addresses from which somebody has logged in. */
  readonly #owners = new NewestSet(OWNERS_MAX);
  /** Ended connections that the system cannot close yet, by source. */
  readonly #stuck = new Tally();

  constructor(budget: PageBudget, end: (connection: Connection, reason: RefusalReason) => void) {
    this.#budget = budget;
    this.#end = end;
    this.#waiting = new HalfOpen(budget.waiting);
    this.#asking = new HalfOpen(budget.unknown);
    this.#answered = new HalfOpen({ ...budget.unknown, overallMax: budget.answeredMax });
  }

  /** Adds a new connection without a request. */
  arrive(connection: Connection): void {
    this.#endAll(this.#waiting.add(connection, connection.peer.source, now()), "half_open");
  }

  /** The first request is complete. Returns how many bytes its answer may have. */
  ask(connection: Connection): number {
    const { source, isTrusted } = connection.peer;
    if (this.#isFullFor(source)) this.#end(connection, "connections");
    else this.turn(connection, "asks");
    return !isTrusted && this.#isStuckTooOften(source) ? UNSTICKABLE_BYTES : Infinity;
  }

  /** The client has sent more, or the server begins to answer. */
  turn(connection: Connection, turn: "asks" | "is_answered"): void {
    if (this.#known.has(connection)) return;
    this.#removeUnknown(connection);
    const strangers = turn === "asks" ? this.#asking : this.#answered;
    this.#endAll(strangers.add(connection, connection.peer.source, now()), "connections");
    const count = this.#asking.size + this.#answered.size;
    if (count <= this.#budget.unknown.overallMax) return;
    const longer = this.#answered.size > 0 ? this.#answered : this.#asking;
    this.#endAll(longer.removeOldest(), "connections");
  }

  /** The connection watches the feed, or its user is logged in. */
  know(connection: Connection, isLoggedIn: boolean): void {
    const { knownMax } = this.#budget;
    if (isLoggedIn) this.#owners.add(connection.peer.source);
    // Guests who watch may use half of the places; the rest is for logged-in users.
    if (this.#known.size >= (isLoggedIn ? knownMax : knownMax / 2)) return;
    this.#removeUnknown(connection);
    this.#known.add(connection);
  }

  /** The connection has ended. `stuck`: the system keeps its file until this resolves. */
  leave(connection: Connection, stuck: Promise<void> | undefined): void {
    this.#removeUnknown(connection);
    this.#known.delete(connection);
    if (stuck === undefined) return;
    const { source } = connection.peer;
    this.#stuck.add(source);
    stuck.catch(() => {}).finally(() => this.#stuck.add(source, -1));
  }

  /** Files are running out: all connections that have waited for long are ended. */
  shed(): void {
    for (const some of [this.#waiting, this.#answered, this.#asking]) {
      this.#endAll(some.removeOverdue(now()), "no_files");
    }
  }

  #isFullFor(source: string): boolean {
    if (this.#answered.size > 0) return false;
    const isFull = this.#asking.size >= this.#budget.unknown.overallMax;
    return isFull && !this.#asking.hasWeakerThan(source, now(), this.#owners.has(source));
  }

  /**
   * A client that never reads its answers keeps files open. This must not affect the owner's
   * address.
   */
  #isStuckTooOften(source: string): boolean {
    const { stuckMax, stuckPerAddressMax } = this.#budget;
    if (this.#stuck.of(source) >= stuckPerAddressMax) return true;
    return this.#stuck.total >= stuckMax && !this.#owners.has(source);
  }

  #removeUnknown(connection: Connection): void {
    const { source } = connection.peer;
    for (const some of [this.#waiting, this.#asking, this.#answered]) {
      some.delete(connection, source);
    }
  }

  #endAll(connections: readonly Connection[], reason: RefusalReason): void {
    for (const connection of connections) this.#end(connection, reason);
  }
}

function now(): number {
  return performance.now();
}
