/** Accepts the page's connections within a budget and with time limits. */

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
import type { BoundPort } from "../listen/bound_port.ts";
import type { ClientConnection, Secure } from "../listen/client_connection.ts";
import { Turnstile } from "../listen/turnstile.ts";
import { FrontConnection, type Peer } from "./front_connection.ts";
import { FrontPlaces } from "./front_places.ts";
import { InnerServer, type PageHandler } from "./inner_server.ts";

/** The interval of the time limit checks. */
const LOOK_MS = 1000;
/** How long a stopping hub waits for clients to receive the last output. */
const END_MS = 500;

export interface PageFrontOptions {
  /** Without TLS. Absent: it does not listen so. */
  readonly listen?: Endpoint;
  /** With TLS. Absent: it does not listen so. */
  readonly tls?: { readonly port: BoundPort; readonly secure: Secure };
  readonly budget: PageBudget;
  readonly handler: PageHandler;
  /** No limit per address applies to these proxies or to this machine. */
  readonly trustedProxies: readonly Prefix[];
  readonly onRefused: (reason: RefusalReason, address: string) => void;
}

const log = getLog("hub");

/**
 * Listens from construction to disposal. The constructor throws when it cannot listen.
 *
 * A connection waits until the headers of its first request are complete. Then it is joined with a
 * connection to Deno's server, which has no time limits or budgets of its own.
 */
export class PageFront implements AsyncDisposable {
  readonly #options: PageFrontOptions;
  readonly #inner: InnerServer;
  readonly #turnstile = new Turnstile();
  readonly #acceptors: readonly Acceptor[];
  readonly #all = new Set<FrontConnection>();
  readonly #places: FrontPlaces<FrontConnection>;
  readonly #looking: ReturnType<typeof setInterval>;
  readonly #troubleLimit = new HourlyLimit(1);
  #onEmpty = () => {};

  constructor(options: PageFrontOptions) {
    this.#options = options;
    this.#places = new FrontPlaces(options.budget, (connection, reason) => {
      this.#refuse(connection, reason);
      connection.end();
    });
    this.#inner = new InnerServer(options.handler);
    const { listen, tls } = options;
    this.#acceptors = [
      ...(listen === undefined ? [] : [this.#acceptor(listen)]),
      ...(tls === undefined ? [] : [this.#acceptor(tls.port, tls.secure)]),
    ];
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  /** The address without TLS, if there is one. */
  get address(): Endpoint {
    const [first] = this.#acceptors;
    if (first === undefined) throw new Error("a front without a listener");
    return first.address;
  }

  /** Stops accepting, lets answers in progress be sent, then ends all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#acceptors.map((acceptor) => acceptor[Symbol.asyncDispose]()));
    for (const connection of this.#all) if (!connection.isJoined) connection.end();
    await this.#untilAllEnded();
    for (const connection of this.#all) connection.end();
    clearInterval(this.#looking);
  }

  async #untilAllEnded(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, END_MS);
    await Promise.race([this.#allEnded(), late.promise]);
    clearTimeout(timer);
  }

  async #allEnded(): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
    if (this.#all.size === 0) return;
    await new Promise<void>((resolve) => this.#onEmpty = resolve);
  }

  #acceptor(listen: Endpoint | BoundPort, secure?: Secure): Acceptor {
    return new Acceptor({
      listen,
      onConnection: (connection) => {
        connection.setNoDelay(true);
        connection.setKeepAlive(true);
        this.#take(secure?.(connection) ?? connection, secure !== undefined);
      },
      onTrouble: (error) => this.#onTrouble(error),
    });
  }

  #take(outer: ClientConnection, isSecure: boolean): void {
    const places = this.#places;
    const connection = new FrontConnection(outer, this.#peerAt(outer.remoteAddr, isSecure), {
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

  #peerAt(remoteAddr: Deno.NetAddr, isSecure: boolean): Peer {
    const address = unmapped(remoteAddr.hostname);
    const ip = parseIp(address);
    const isTrusted = ip !== undefined &&
      this.#options.trustedProxies.some((prefix) => isInside(ip, prefix));
    // A connection from a shared address is counted on its own.
    const isShared = ip === undefined || isLoopback(ip) || isTrusted;
    const source = isShared ? `${address} ${remoteAddr.port}` : sourceOf(address);
    return { remoteAddr, source, isTrusted, isSecure };
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
    const { isReported } = this.#troubleLimit.count(performance.now());
    if (isReported) log.warning("the page cannot accept a connection", { error });
    this.#places.shed();
  }

  #refuse({ address }: FrontConnection, reason: RefusalReason): void {
    this.#options.onRefused(reason, address);
  }
}
