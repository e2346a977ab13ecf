/** Addresses of hosts, remembered: where the network is out, no name server answers either. */

import { lookup } from "node:dns/promises";
import { parseIp } from "../../core/network/address.ts";

const ADDRESSES_MAX = 4;

/** Hosts come from the configuration, so that there are only a few. */
export class HostLookup {
  readonly #known = new Map<string, readonly string[]>();
  readonly #running = new Map<string, Promise<void>>();

  /**
   * The addresses of a name, or those that it had last when nobody tells within `withinMs`; none when
   * it was never found. An IP literal is its own address.
   */
  async addressesOf(host: string, withinMs: number): Promise<readonly string[]> {
    if (parseIp(host) !== undefined) return [host];
    const { promise: tooLong, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, withinMs);
    await Promise.race([this.#look(host), tooLong]);
    clearTimeout(timer);
    return this.#known.get(host) ?? [];
  }

  /** The system's resolver cannot be interrupted, so one question a host is under way at most. */
  #look(host: string): Promise<void> {
    const running = this.#running.get(host);
    if (running !== undefined) return running;
    const looking = lookup(host, { all: true }).then((found) => {
      const addresses = found.map(({ address }) => address).slice(0, ADDRESSES_MAX);
      if (addresses.length > 0) this.#known.set(host, addresses);
    }, () => {}).finally(() => this.#running.delete(host));
    this.#running.set(host, looking);
    return looking;
  }
}
