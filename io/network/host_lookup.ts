/** Remembers the addresses of hosts: when the network is down, no name server answers either. */

import { parseIp } from "../../core/network/address.ts";
import { NameLookup } from "../connection/name_lookup.ts";
import type { Clock } from "../time/clock.ts";

const ADDRESSES_MAX = 4;

/** Hosts come from the configuration, so there are only a few. */
export class HostLookup {
  readonly #clock: Clock;
  readonly #lookups = new Map<string, NameLookup>();
  readonly #known = new Map<string, readonly string[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Returns the addresses of a name. When the lookup fails, takes longer than `withinMs` or `stop`
   * aborts, it returns the last known addresses, or none. The address of an IP literal is the
   * literal itself.
   */
  async addressesOf(
    host: string,
    withinMs: number,
    stop: AbortSignal,
  ): Promise<readonly string[]> {
    if (parseIp(host) !== undefined) return [host];
    const lookup = this.#lookups.get(host) ?? new NameLookup(host, this.#clock);
    this.#lookups.set(host, lookup);
    const answer = await lookup.addresses(withinMs, stop);
    if (answer.kind === "addresses") this.#known.set(host, answer.addresses);
    return this.#known.get(host)?.slice(0, ADDRESSES_MAX) ?? [];
  }
}
