/** Makes the connection to the broker: its name, its addresses, TCP, and TLS where it is asked for. */

import type { Config } from "../../core/config/settings.ts";
import type { LookupFault } from "../../core/network/broker_fault.ts";
import { isAddress, withoutZone } from "../../core/network/host.ts";
import type { Clock } from "../time/clock.ts";
import { KnownAddress } from "./known_address.ts";
import { LinkError, tlsFault } from "./link_error.ts";
import { LOOKUP_MS, NameLookup } from "./name_lookup.ts";
import { type ConnectOptions, connectToAny } from "./staggered_connect.ts";

/**
 * A name that takes longer is taken for what it was the last time: a broker that restarts must be found
 * again before its nodes are missed, whatever the name server does meanwhile.
 */
const LAST_ADDRESS_AFTER_MS = 500;
/** A broker that is not there any more has moved, as a slow answer within this time tells. */
const MOVED_MS = 3000;

export interface DialOptions {
  readonly mqtt: Pick<Config["mqtt"], "host" | "port" | "tls">;
  /** Authorities beside the public ones, as PEM texts. */
  readonly caCerts?: readonly string[];
  readonly clock: Clock;
  /** Where the name led the last time; left out: known to this run alone. */
  readonly known?: KnownAddress;
}

export interface Dialed {
  readonly connection: Deno.TcpConn;
  /** Why the name's last good address was taken, where it was. */
  readonly lookupFault?: LookupFault;
}

/** Dials one broker again and again. */
export class Dialer {
  readonly #options: DialOptions;
  readonly #known: KnownAddress;
  /** Left out for an IP address. */
  readonly #lookup: NameLookup | undefined;

  constructor(options: DialOptions) {
    const { mqtt: { host }, clock } = options;
    this.#options = options;
    this.#known = options.known ?? new KnownAddress();
    this.#lookup = isAddress(host) ? undefined : new NameLookup(host, clock);
  }

  /** By TCP. Throws a `LinkError`, or whatever when `stop` aborts. */
  async connect(stop: AbortSignal): Promise<Dialed> {
    const { mqtt: { host, port }, clock } = this.#options;
    const options = { port, clock, stop };
    const dialed = this.#lookup === undefined
      ? { connection: await connectToAny([host], options) }
      : await this.#connectByName(this.#lookup, options);
    dialed.connection.setNoDelay(true);
    return dialed;
  }

  async #connectByName(lookup: NameLookup, options: ConnectOptions): Promise<Dialed> {
    const last = this.#known.addressOf(this.#options.mqtt.host);
    const withinMs = last === undefined ? LOOKUP_MS : LAST_ADDRESS_AFTER_MS;
    const answer = await lookup.addresses(withinMs, options.stop);
    if (answer.kind === "addresses") {
      return { connection: await connectToAny(answer.addresses, options) };
    }
    const { fault: lookupFault } = answer;
    if (last === undefined) throw new LinkError(lookupFault);
    try {
      return { connection: await connectToAny([last], options), lookupFault };
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      const later = lookup.isPending ? await lookup.addresses(MOVED_MS, options.stop) : answer;
      if (later.kind === "fault") {
        throw new LinkError({ ...later.fault, last: `${last}: ${error.message}` });
      }
      return { connection: await connectToAny(later.addresses, options) };
    }
  }

  /**
   * TLS over a connection, once the broker's certificate was accepted. Throws a `LinkError`; the
   * connection is closed then. A handshake that never ends is ended by `stop`.
   */
  async secure(connection: Deno.TcpConn, stop: AbortSignal): Promise<Deno.TlsConn> {
    const { mqtt: { host }, caCerts = [] } = this.#options;
    const secured = await Deno.startTls(connection, {
      hostname: withoutZone(host),
      caCerts: [...caCerts],
    });
    const close = () => secured.close();
    stop.addEventListener("abort", close, { once: true });
    if (stop.aborted) close();
    try {
      // Without this a refused certificate would show as a connection that closes without a reason.
      await secured.handshake();
      return secured;
    } catch (error) {
      if (!stop.aborted) close();
      throw new LinkError(tlsFault(error), { cause: error });
    } finally {
      stop.removeEventListener("abort", close);
    }
  }

  /** The connection is good: next time its address may stand in for a name that cannot be looked up. */
  remember(connection: Deno.Conn): void {
    const { remoteAddr } = connection;
    if (this.#lookup === undefined || remoteAddr.transport !== "tcp") return;
    this.#known.keep(this.#options.mqtt.host, remoteAddr.hostname);
  }
}
