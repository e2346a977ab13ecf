/** The places of the page's connections: who gives way to whom. */

import type { PageBudget } from "../../core/limits/connection_budget.ts";
import { HalfOpen } from "../../core/limits/half_open.ts";
import type { RefusalReason } from "../../core/limits/refusal_report.ts";
import { NewestSet } from "../../core/structures/newest_set.ts";
import { Tally } from "../../core/structures/tally.ts";

/** Sources that are remembered for a login. */
const OWNERS_MAX = 100;

/** A login's answer is shorter, and the system takes so much of any connection without waiting. */
const UNSTICKABLE_BYTES = 12 * 1024;

/** What a place is given to. */
export interface Placed {
  readonly peer: {
    /** What it is counted for. */
    readonly source: string;
    /** It is a proxy that the configuration names. */
    readonly isTrusted: boolean;
  };
}

/**
 * A newcomer always finds a place, unless all are taken by others whose answers are being made: to
 * end those for newcomers would leave a crowd that comes again and again without any answer. `end` is
 * told who gives way, and is to say `left` of each, as of every connection that ends.
 */
export class FrontPlaces<Connection extends Placed> {
  readonly #budget: PageBudget;
  readonly #end: (connection: Connection, reason: RefusalReason) => void;
  /** Those whose first request is not whole. */
  readonly #waiting: HalfOpen<Connection>;
  /** Strangers whose request is to be answered. */
  readonly #asking: HalfOpen<Connection>;
  /** Strangers who have an answer, or take it now: they give way first. */
  readonly #answered: HalfOpen<Connection>;
  /** Those that watch or are logged in give way to nobody. */
  readonly #known = new Set<Connection>();
  /** Sources from which somebody has logged in. */
  readonly #owners = new NewestSet(OWNERS_MAX);
  /** Of ended connections that the system cannot close yet, by source. */
  readonly #stuck = new Tally();

  constructor(budget: PageBudget, end: (connection: Connection, reason: RefusalReason) => void) {
    this.#budget = budget;
    this.#end = end;
    this.#waiting = new HalfOpen(budget.waiting);
    this.#asking = new HalfOpen(budget.strangers);
    this.#answered = new HalfOpen({ ...budget.strangers, overallMax: budget.answeredMax });
  }

  /** A newcomer, which has not asked for anything yet. */
  arrive(connection: Connection): void {
    this.#endAll(this.#waiting.add(connection, connection.peer.source, now()), "half_open");
  }

  /** Its first request is whole. Answers how many bytes it may be answered with. */
  ask(connection: Connection): number {
    const { source, isTrusted } = connection.peer;
    if (this.#isFullFor(source)) this.#end(connection, "connections");
    else this.turn(connection, "asks");
    return !isTrusted && this.#isStuckTooOften(source) ? UNSTICKABLE_BYTES : Infinity;
  }

  /** It has asked for more, or the server begins to answer. */
  turn(connection: Connection, turn: "asks" | "is_answered"): void {
    if (this.#known.has(connection)) return;
    this.#forgetStranger(connection);
    const strangers = turn === "asks" ? this.#asking : this.#answered;
    this.#endAll(strangers.add(connection, connection.peer.source, now()), "connections");
    const count = this.#asking.size + this.#answered.size;
    if (count <= this.#budget.strangers.overallMax) return;
    const longer = this.#answered.size > 0 ? this.#answered : this.#asking;
    this.#endAll(longer.yieldOne(), "connections");
  }

  /** It watches, or whoever asks is logged in. */
  know(connection: Connection, isLoggedIn: boolean): void {
    const { knownMax } = this.#budget;
    if (isLoggedIn) this.#owners.add(connection.peer.source);
    // Guests who watch leave half of the places to whoever is logged in.
    if (this.#known.size >= (isLoggedIn ? knownMax : knownMax / 2)) return;
    this.#forgetStranger(connection);
    this.#known.add(connection);
  }

  /** It has ended. `stuck`: until then the system keeps its file. */
  leave(connection: Connection, stuck: Promise<void> | undefined): void {
    this.#forgetStranger(connection);
    this.#known.delete(connection);
    if (stuck === undefined) return;
    const { source } = connection.peer;
    this.#stuck.add(source);
    stuck.catch(() => {}).finally(() => this.#stuck.add(source, -1));
  }

  /** Files are short: all that have waited for long give way. */
  shed(): void {
    for (const some of [this.#waiting, this.#answered, this.#asking]) {
      this.#endAll(some.shed(now()), "no_files");
    }
  }

  #isFullFor(source: string): boolean {
    if (this.#answered.size > 0) return false;
    const isFull = this.#asking.size >= this.#budget.strangers.overallMax;
    return isFull && !this.#asking.hasWeakerThan(source, now(), this.#owners.has(source));
  }

  /** Whoever never takes what he asks for keeps files open: of others' an owner is not to suffer. */
  #isStuckTooOften(source: string): boolean {
    const { stuckMax, stuckPerAddressMax } = this.#budget;
    if (this.#stuck.of(source) >= stuckPerAddressMax) return true;
    return this.#stuck.total >= stuckMax && !this.#owners.has(source);
  }

  #forgetStranger(connection: Connection): void {
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
