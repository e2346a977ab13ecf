/** What strangers reach of the page: takes their connections, within a budget and against the clock. */

import type { Endpoint } from "../../core/config/settings.ts";
import type { PageBudget } from "../../core/limits/connection_budget.ts";
import type { RefusalReason } from "../../core/limits/refusal_report.ts";
import {
  isInside,
  isLoopback,
  parseIp,
  type Prefix,
  sourceOf,
} from "../../core/network/address.ts";
import { unmapped } from "../../core/network/host.ts";
import { HourlyLimit } from "../../core/structures/hourly_limit.ts";
import { getLog } from "../../io/log/log.ts";
import { Acceptor } from "../listen/acceptor.ts";
import { Turnstile } from "../listen/turnstile.ts";
import { FrontConnection, type Peer } from "./front_connection.ts";
import { FrontPlaces } from "./front_places.ts";
import { InnerServer, type PageHandler } from "./inner_server.ts";

/** From one look at the clocks of all connections to the next one. */
const LOOK_MS = 1000;
/** At its end the hub waits so long for what it says last to be taken. */
const FAREWELL_MS = 500;

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
  readonly #turnstile = new Turnstile();
  readonly #acceptor: Acceptor;
  readonly #all = new Set<FrontConnection>();
  readonly #places: FrontPlaces<FrontConnection>;
  readonly #looking: ReturnType<typeof setInterval>;
  readonly #told = new HourlyLimit(1);
  #onEmpty = () => {};

  constructor(options: PageFrontOptions) {
    this.#options = options;
    this.#places = new FrontPlaces(options.budget, (connection, reason) => {
      this.#refuse(connection, reason);
      connection.end();
    });
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
    const places = this.#places;
    const connection = new FrontConnection(outer, this.#peerAt(outer.remoteAddr), {
      inner: this.#inner,
      turnstile: this.#turnstile,
      onWhole: (connection) => places.ask(connection),
      onTurn: (connection, turn) => places.turn(connection, turn),
      onKnown: (connection, isLoggedIn) => {
        if (this.#all.has(connection)) places.know(connection, isLoggedIn);
      },
      onFeedInput: (connection) => this.#refuse(connection, "feed_input"),
      onEnd: (connection, stuck) => {
        this.#all.delete(connection);
        places.leave(connection, stuck);
        if (this.#all.size === 0) this.#onEmpty();
      },
    });
    this.#all.add(connection);
    places.arrive(connection);
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

  #look(): void {
    for (const connection of this.#all) {
      const overdue = connection.overdue();
      if (overdue === undefined) continue;
      if (overdue === "slow_request") this.#refuse(connection, overdue);
      connection.end();
    }
  }

  #onTrouble(error: unknown): void {
    const { isReported } = this.#told.count(performance.now());
    if (isReported) log.warning("the page cannot accept a connection", { error });
    this.#places.shed();
  }

  #refuse({ address }: FrontConnection, reason: RefusalReason): void {
    this.#options.onRefused(reason, address);
  }
}
