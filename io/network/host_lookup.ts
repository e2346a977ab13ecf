/** Addresses of hosts, remembered: where the network is out, no name server answers either. */

import { parseIp } from "../../core/network/address.ts";
import { NameLookup } from "../connection/name_lookup.ts";
import type { Clock } from "../time/clock.ts";

const ADDRESSES_MAX = 4;

/** Hosts come from the configuration, so that there are only a few. */
export class HostLookup {
  readonly #clock: Clock;
  readonly #lookups = new Map<string, NameLookup>();
  readonly #known = new Map<string, readonly string[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The addresses of a name, or those that it had last when nobody tells within `withinMs` or before
   * `stop` aborts; none when it was never found. An IP literal is its own address.
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
