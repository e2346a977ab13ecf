/** What strangers reach of the page: takes their connections, within a budget and against the clock. */

import type { Endpoint } from "../core/config.ts";
import type { PageBudget } from "../core/connection_budget.ts";
import { HalfOpen } from "../core/half_open.ts";
import { unmapped } from "../core/host.ts";
import { HourlyLimit } from "../core/hourly_limit.ts";
import { isInside, isLoopback, parseIp, type Prefix } from "../core/network/address.ts";
import type { RefusalReason } from "../core/refusal_report.ts";
import { getLog } from "../io/log.ts";
import { Acceptor } from "./accept.ts";
import { sourceOf } from "./access.ts";
import { FrontConnection, type Peer } from "./front_connection.ts";
import { InnerServer, type PageHandler } from "./inner_server.ts";

/** From one look at the clocks of all connections to the next one. */
const LOOK_MS = 1000;
/** At its end the hub waits so long for what it says last to be taken. */
const FAREWELL_MS = 500;
/** Addresses that are remembered for a login. */
const OWNERS_MAX = 100;

export interface PageFrontOptions {
  readonly listen: Endpoint;
  readonly budget: PageBudget;
  readonly handler: PageHandler;
  /** For these no limit of a single address holds, nor does it for this machine. */
  readonly trustedProxies: readonly Prefix[];
  readonly onRefused: (reason: RefusalReason, address: string) => void;
}

const log = getLog("hub");

/**
 * Listens from its construction until it is disposed. The constructor throws when it cannot.
 *
 * A connection waits until the headers of its first request are whole. Then it is joined, byte for
 * byte, with one to Deno's server, which has neither deadlines nor limits of its own.
 */
export class PageFront implements AsyncDisposable {
  readonly #options: PageFrontOptions;
  readonly #inner: InnerServer;
  readonly #acceptor: Acceptor;
  readonly #all = new Set<FrontConnection>();
  readonly #waiting: HalfOpen<FrontConnection>;
  /** Strangers whose request is to be answered. */
  readonly #asking: HalfOpen<FrontConnection>;
  /** Strangers who have an answer, or take it now: they give way first. */
  readonly #answered: HalfOpen<FrontConnection>;
  /** Those that watch or are logged in. */
  readonly #known = new Set<FrontConnection>();
  /** Sources from which somebody has logged in, the last one at the end. */
  readonly #owners = new Set<string>();
  /** Of ended connections that the system cannot close yet, by source. */
  readonly #stuck = new Map<string, number>();
  #stuckCount = 0;
  readonly #looking: ReturnType<typeof setInterval>;
  readonly #told = new HourlyLimit(1);
  #onEmpty = () => {};

  constructor(options: PageFrontOptions) {
    this.#options = options;
    this.#waiting = new HalfOpen(options.budget.waiting);
    this.#asking = new HalfOpen(options.budget.strangers);
    this.#answered = new HalfOpen(options.budget.strangers);
    this.#inner = new InnerServer(options.handler);
    this.#acceptor = new Acceptor({
      listen: options.listen,
      onConnection: (connection) => this.#take(connection),
      onTrouble: (error) => this.#onTrouble(error),
    });
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  get address(): Endpoint {
    return this.#acceptor.address;
  }

  /** Takes no more, lets the answers that are being made be sent, then ends all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#acceptor[Symbol.asyncDispose]();
    for (const connection of this.#all) if (!connection.isJoined) connection.end();
    await this.#untilAllEnded();
    for (const connection of this.#all) connection.end();
    clearInterval(this.#looking);
  }

  async #untilAllEnded(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, FAREWELL_MS);
    await Promise.race([this.#allEnded(), late.promise]);
    clearTimeout(timer);
  }

  async #allEnded(): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
    if (this.#all.size === 0) return;
    await new Promise<void>((resolve) => this.#onEmpty = resolve);
  }

  #take(outer: Deno.TcpConn): void {
    outer.setNoDelay(true);
    outer.setKeepAlive(true);
    const connection = new FrontConnection(outer, this.#peerAt(outer.remoteAddr), {
      inner: this.#inner,
      onWhole: (connection) => this.#onWhole(connection),
      onTurn: (connection, turn) => this.#onTurn(connection, turn),
      onKnown: (connection, isLoggedIn) => this.#onKnown(connection, isLoggedIn),
      onFeedInput: ({ address }) => this.#options.onRefused("feed_input", address),
      onEnd: (connection, stuck) => this.#onEnd(connection, stuck),
    });
    this.#all.add(connection);
    this.#end(
      this.#waiting.add(connection, connection.peer.source, performance.now()),
      "half_open",
    );
    void connection.run();
  }

  #peerAt(remoteAddr: Deno.NetAddr): Peer {
    const address = unmapped(remoteAddr.hostname);
    const ip = parseIp(address);
    const isTrusted = ip !== undefined &&
      this.#options.trustedProxies.some((prefix) => isInside(ip, prefix));
    // One that shares its address with many others is counted for itself.
    const isShared = ip === undefined || isLoopback(ip) || isTrusted;
    const source = isShared ? `${address} ${remoteAddr.port}` : sourceOf(address);
    return { remoteAddr, source, isTrusted };
  }

  #onWhole(connection: FrontConnection): boolean {
    const { peer: { source, isTrusted }, address } = connection;
    this.#waiting.delete(connection, source);
    if (!isTrusted && this.#isStuckTooOften(source)) {
      this.#options.onRefused("connections", address);
      return false;
    }
    this.#onTurn(connection, "asks");
    return true;
  }

  /** Whoever never takes what he asks for keeps files open. Where somebody has logged in, all may ask. */
  #isStuckTooOften(source: string): boolean {
    const { stuckMax, stuckPerAddressMax } = this.#options.budget;
    if ((this.#stuck.get(source) ?? 0) >= stuckPerAddressMax) return true;
    return this.#stuckCount >= stuckMax && !this.#owners.has(source);
  }

  #onTurn(connection: FrontConnection, turn: "asks" | "is_answered"): void {
    if (this.#known.has(connection)) return;
    const { source } = connection.peer;
    this.#forgetStranger(connection);
    const strangers = turn === "asks" ? this.#asking : this.#answered;
    this.#end(strangers.add(connection, source, performance.now()), "connections");
    if (this.#asking.size + this.#answered.size <= this.#options.budget.strangers.overallMax) {
      return;
    }
    const longer = this.#answered.size > 0 ? this.#answered : this.#asking;
    this.#end(longer.yieldOne(), "connections");
  }

  #forgetStranger(connection: FrontConnection): void {
    const { source } = connection.peer;
    this.#asking.delete(connection, source);
    this.#answered.delete(connection, source);
  }

  #onKnown(connection: FrontConnection, isLoggedIn: boolean): void {
    const { source } = connection.peer;
    if (isLoggedIn) this.#remember(source);
    const { knownMax } = this.#options.budget;
    // Guests who watch leave half of the places to whoever is logged in.
    const max = isLoggedIn ? knownMax : knownMax / 2;
    if (!this.#all.has(connection) || this.#known.size >= max) return;
    this.#forgetStranger(connection);
    this.#known.add(connection);
  }

  #remember(source: string): void {
    this.#owners.delete(source);
    this.#owners.add(source);
    const [oldest] = this.#owners;
    if (this.#owners.size > OWNERS_MAX && oldest !== undefined) this.#owners.delete(oldest);
  }

  #onEnd(connection: FrontConnection, stuck: Promise<void> | undefined): void {
    const { source } = connection.peer;
    this.#all.delete(connection);
    this.#waiting.delete(connection, source);
    this.#forgetStranger(connection);
    this.#known.delete(connection);
    if (this.#all.size === 0) this.#onEmpty();
    if (stuck === undefined) return;
    this.#countStuck(source, 1);
    stuck.catch(() => {}).finally(() => this.#countStuck(source, -1));
  }

  #countStuck(source: string, by: 1 | -1): void {
    this.#stuckCount += by;
    const count = (this.#stuck.get(source) ?? 0) + by;
    if (count === 0) this.#stuck.delete(source);
    else this.#stuck.set(source, count);
  }

  #look(): void {
    for (const connection of this.#all) {
      const overdue = connection.overdue();
      if (overdue === undefined) continue;
      if (overdue === "slow_request") this.#options.onRefused(overdue, connection.address);
      connection.end();
    }
  }

  #onTrouble(error: unknown): void {
    const { isTold } = this.#told.count(performance.now());
    if (isTold) log.warning("the page cannot accept a connection", { error });
    const nowMs = performance.now();
    for (const some of [this.#waiting, this.#answered, this.#asking]) {
      this.#end(some.shed(nowMs), "no_files");
    }
  }

  #end(connections: readonly FrontConnection[], reason: RefusalReason): void {
    for (const connection of connections) {
      this.#options.onRefused(reason, connection.address);
      connection.end();
    }
  }
}
