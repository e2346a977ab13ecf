/**
 * Limits the number of viewers before anything is opened for them, so that guests never keep the
 * owner out.
 */

import { isLoopback, parseIp, sourceOf } from "../../core/network/address.ts";
import { Tally } from "../../core/structures/tally.ts";

/** Viewers at once. */
const VIEWERS_MAX = 100;
/** The limit of viewers who are not logged in. */
const GUESTS_MAX = 60;
/** Guests per address, or per IPv6 network of 64 bits. */
const GUESTS_OF_ADDRESS_MAX = 20;

export type PlaceAnswer =
  /** Disposing it frees the place. */
  | { readonly kind: "place"; readonly place: Disposable }
  | { readonly kind: "full" | "no_guests" | "address_full"; readonly max: number };

export class ViewerPlaces {
  #taken = 0;
  #guests = 0;
  readonly #guestsOf = new Tally();

  /** Takes a place for a viewer; `address` only counts for guests. */
  take({ isGuest, address }: { readonly isGuest: boolean; readonly address: string }): PlaceAnswer {
    if (this.#taken >= VIEWERS_MAX) return { kind: "full", max: VIEWERS_MAX };
    if (!isGuest) return this.#hold(undefined);
    if (this.#guests >= GUESTS_MAX) return { kind: "no_guests", max: GUESTS_MAX };
    const source = isProxyLike(address) ? undefined : sourceOf(address);
    if (source !== undefined && this.#guestsOf.of(source) >= GUESTS_OF_ADDRESS_MAX) {
      return { kind: "address_full", max: GUESTS_OF_ADDRESS_MAX };
    }
    return this.#hold({ source });
  }

  #hold(guest: { readonly source: string | undefined } | undefined): PlaceAnswer {
    let isFree = false;
    this.#count(1, guest);
    const free = () => {
      if (!isFree) this.#count(-1, guest);
      isFree = true;
    };
    return { kind: "place", place: { [Symbol.dispose]: free } };
  }

  #count(by: 1 | -1, guest: { readonly source: string | undefined } | undefined): void {
    this.#taken += by;
    if (guest === undefined) return;
    this.#guests += by;
    if (guest.source !== undefined) this.#guestsOf.add(guest.source, by);
  }
}

/** Behind a proxy on this machine that is not configured, all clients have this address. */
function isProxyLike(address: string): boolean {
  const ip = parseIp(address);
  return ip === undefined || isLoopback(ip);
}
