/** What the clients of the embedded broker cost, by credential; the hub's own connection has no limit. */

import type { Duplex } from "node:stream";
import { HUB_USER } from "../../core/protocol/access.ts";
import type { Session } from "./broker_guard.ts";
import { BrokerStream, type UnsentSum } from "./broker_stream.ts";
import { CredentialLoad } from "./credential_load.ts";

/** What may wait to be sent to all credentials together. */
const UNSENT_BYTES_MAX = 64 * 1024 * 1024;
/** A client for which less waits is not looked at. */
const UNSENT_BYTES_SMALL = 64 * 1024;
/** A plain filter is compared with each retained message, which costs less than to send it. */
const COMPARED_PER_SENT = 20;
export class BrokerLoad {
  /** Shared by the streams of all clients. */
  readonly unsent: UnsentSum = { bytes: 0 };
  readonly #onWait: (user: string) => void;
  /** As many as credentials were used: never forgotten, so that nobody begins anew by reconnecting. */
  readonly #loads = new Map<string, CredentialLoad>();

  /** `onWait`: connections of this user have to wait; called once a second at most for each. */
  constructor(onWait: (user: string) => void) {
    this.#onWait = onWait;
  }

  /** From now on the session counts, and its connection takes what it sends. */
  begin(session: Session, conn: Duplex): void {
    if (!(conn instanceof BrokerStream)) throw new Error("a stream of another kind");
    if (session.user === HUB_USER) {
      conn.doNotCount();
      conn.intake.admit(undefined);
      return;
    }
    const load = this.#of(session.user);
    load.add(session, conn);
    conn.intake.admit(load.flow);
  }

  end(session: Session): void {
    this.#loads.get(session.user)?.delete(session);
  }

  /** Why a session may not have this filter as well. */
  refuseFilter({ user, filters }: Session, filter: string): string | undefined {
    if (user === HUB_USER || filters.has(filter)) return undefined;
    return this.#of(user).refuseFilter(filter);
  }

  /** A session subscribes: of so many retained messages it may be told each one that matches. */
  subscribes({ user }: Session, filter: string, retained: number): void {
    if (user === HUB_USER) return;
    const { flow } = this.#of(user);
    flow.charge({ packets: 1 });
    const isWide = filter.includes("+") || filter.includes("#");
    flow.chargeReplay(isWide ? retained : retained / COMPARED_PER_SENT);
  }

  /** The connection that is to end for what waits to be sent, when a message is for this one. */
  overfull({ user }: Session, stream: BrokerStream): BrokerStream | undefined {
    if (user === HUB_USER || stream.unsentBytes < UNSENT_BYTES_SMALL) return undefined;
    return this.#of(user).overfull() ??
      (this.unsent.bytes > UNSENT_BYTES_MAX ? this.#largest() : undefined);
  }

  #largest(): BrokerStream | undefined {
    const loads = [...this.#loads.values()];
    return loads.sort((a, b) => b.unsentBytes - a.unsentBytes)[0]?.largest();
  }

  #of(user: string): CredentialLoad {
    const known = this.#loads.get(user);
    if (known !== undefined) return known;
    const load = new CredentialLoad(() => this.#onWait(user));
    this.#loads.set(user, load);
    return load;
  }
}
