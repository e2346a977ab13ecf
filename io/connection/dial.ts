/** Connects to the broker: name lookup, addresses, TCP, and TLS if configured. */

import type { Config } from "../../core/config/settings.ts";
import type { LookupFault } from "../../core/network/broker_fault.ts";
import { isAddress, withoutZone } from "../../core/network/host.ts";
import type { Clock } from "../time/clock.ts";
import { KnownAddress } from "./known_address.ts";
import { LinkError, tlsFault } from "./link_error.ts";
import { LOOKUP_MS, NameLookup } from "./name_lookup.ts";
import { type ConnectOptions, connectToAny } from "./staggered_connect.ts";

/**
 * If a lookup takes longer, the dialer uses the name's last address. Otherwise a slow name server
 * could delay the return of a restarted broker until its nodes are reported missing.
 */
const LAST_ADDRESS_AFTER_MS = 500;
/**
 * If the last address does not answer, a lookup that answers within this time shows whether the
 * broker has moved.
 */
const MOVED_MS = 3000;

export interface DialOptions {
  readonly mqtt: Pick<Config["mqtt"], "host" | "port" | "tls">;
  /** Certificate authorities in addition to the public ones, as PEM texts. */
  readonly caCerts?: readonly string[];
  readonly clock: Clock;
  /** The last known address of the name. Default: remembered during this run only. */
  readonly known?: KnownAddress;
}

export interface Dialed {
  readonly connection: Deno.TcpConn;
  /** Why the name's last good address was used, if it was. */
  readonly lookupFault?: LookupFault;
}

/** Dials one broker repeatedly. */
export class Dialer {
  readonly #options: DialOptions;
  readonly #known: KnownAddress;
  /** `undefined` for an IP address. */
  readonly #lookup: NameLookup | undefined;

  constructor(options: DialOptions) {
    const { mqtt: { host }, clock } = options;
    this.#options = options;
    this.#known = options.known ?? new KnownAddress();
    this.#lookup = isAddress(host) ? undefined : new NameLookup(host, clock);
  }

  /** Connects by TCP. Throws a `LinkError`, or any error when `stop` aborts. */
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
   * Starts TLS on a connection and checks the broker's certificate. Throws a `LinkError` and closes
   * the connection when that fails. `stop` ends a handshake that hangs.
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
      // Without this call, a refused certificate would look like a connection that closes without a
      // reason.
      await secured.handshake();
      return secured;
    } catch (error) {
      if (!stop.aborted) close();
      throw new LinkError(tlsFault(error), { cause: error });
    } finally {
      stop.removeEventListener("abort", close);
    }
  }

  /** The connection works: the next failed lookup of the name may use its address. */
  remember(connection: Deno.Conn): void {
    const { remoteAddr } = connection;
    if (this.#lookup === undefined || remoteAddr.transport !== "tcp") return;
    this.#known.keep(this.#options.mqtt.host, remoteAddr.hostname);
  }
}
