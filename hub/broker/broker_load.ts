/**
 * The load of the embedded broker's clients by credential. The hub's own connection has no limit.
 */

import type { Duplex } from "node:stream";
import { HUB_USER } from "../../core/protocol/access.ts";
import type { Session } from "./broker_guard.ts";
import { BrokerStream, type UnsentSum } from "./broker_stream.ts";
import { CredentialLoad } from "./credential_load.ts";

/** The limit of unsent bytes for all credentials together. */
const UNSENT_BYTES_MAX = 64 * 1024 * 1024;
/** Clients with fewer unsent bytes are not checked. */
const UNSENT_BYTES_SMALL = 64 * 1024;
/**
 * A plain filter is compared with each retained message. This many comparisons cost as much as
 * sending one message.
 */
const COMPARED_PER_SENT = 20;
export class BrokerLoad {
  /** Shared by the streams of all clients. */
  readonly unsent: UnsentSum = { bytes: 0 };
  readonly #onWait: (user: string) => void;
  /**
   * One entry for each credential that was used. Entries stay, so that nobody resets a limit by
   * reconnecting.
   */
  readonly #loads = new Map<string, CredentialLoad>();

  /**
   * `onWait`: connections of this user have to wait. Called at most once a second for each user.
   */
  constructor(onWait: (user: string) => void) {
    this.#onWait = onWait;
  }

  /** From now on the session counts, and its connection accepts messages. */
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

  /** Returns why a session may not have this additional filter. */
  refuseFilter({ user, filters }: Session, filter: string): string | undefined {
    if (user === HUB_USER || filters.has(filter)) return undefined;
    return this.#of(user).refuseFilter(filter);
  }

  /** A session subscribes: it may receive each of this many retained messages that matches. */
  subscribes({ user }: Session, filter: string, retained: number): void {
    if (user === HUB_USER) return;
    const { flow } = this.#of(user);
    flow.charge({ packets: 1 });
    const isWide = filter.includes("+") || filter.includes("#");
    flow.chargeReplay(isWide ? retained : retained / COMPARED_PER_SENT);
  }

  /**
   * Returns the connection to end because of too many unsent bytes, when a message for `stream`
   * arrives.
   */
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
