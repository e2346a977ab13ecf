/** Limits how fast the embedded broker reads from one client. */

import { ThrottleClock } from "../../core/limits/throttle_clock.ts";
import type { Intake } from "../../io/connection/connection_stream.ts";
import type { CredentialFlow } from "./credential_flow.ts";
import { PacketGate } from "./packet_gate.ts";

/**
 * Packets per turn: a node that shares its credential with 30 flooding clients gets a turn every
 * 2.5 s.
 */
const PACKETS_AT_ONCE = 4;
/** The limit of outstanding acknowledgements: those of all retained messages of 5,000 nodes. */
const OWED_MAX = 20_000;

/** PUBACK, PUBREC and PUBCOMP: section 2.2.1. */
const ACKNOWLEDGEMENTS: ReadonlySet<number> = new Set([4, 5, 7]);

/**
 * Passes the first packet alone and holds back all others until the login is decided. Until then a
 * connection holds no more than a CONNECT.
 */
export class ClientIntake implements Intake {
  readonly #gate: PacketGate;
  readonly #decided = Promise.withResolvers<void>();
  #stage: "connect" | "login" | "admitted" = "connect";
  #flow: CredentialFlow | undefined;
  #owed = 0;
  readonly #heldBack = new ThrottleClock();

  /** `packetBytesMax` is the longest body of a packet. */
  constructor(packetBytesMax: number) {
    this.#gate = new PacketGate(packetBytesMax);
  }

  /** The login succeeded. Without a `flow` the client has no limit. */
  admit(flow: CredentialFlow | undefined): void {
    this.#flow = flow;
    this.#stage = "admitted";
    this.#decided.resolve();
  }

  /** A message of this QoS is sent to the client. Its acknowledgements are not charged. */
  delivers(qos: number): void {
    this.#owed = Math.min(OWED_MAX, this.#owed + qos);
  }

  turn(isBehind: boolean): Promise<void> | undefined {
    if (this.#stage === "connect") return undefined;
    if (this.#stage === "login") return this.#afterLogin();
    const turn = this.#flow?.turn(this);
    if (this.#heldBack.isTooLong(isBehind && turn !== undefined, performance.now())) {
      throw new Error("constantly sends more than it may");
    }
    return turn;
  }

  take(bytes: Uint8Array): number {
    if (this.#stage !== "admitted") {
      const { length, wholeOf } = this.#gate.next(bytes);
      if (wholeOf !== undefined) this.#stage = "login";
      return length;
    }
    let taken = 0;
    let packets = 0;
    const most = this.#flow === undefined ? Infinity : PACKETS_AT_ONCE;
    while (taken < bytes.length && packets < most) {
      const { length, wholeOf } = this.#gate.next(bytes, taken);
      taken += length;
      if (wholeOf !== undefined) packets += this.#cost(wholeOf);
    }
    this.#flow?.charge({ packets, bytes: taken });
    return taken;
  }

  end(): void {
    this.#decided.resolve();
    this.#flow?.leave(this);
  }

  async #afterLogin(): Promise<void> {
    await this.#decided.promise;
    await this.#flow?.turn(this);
  }

  #cost(type: number): number {
    if (this.#owed === 0 || !ACKNOWLEDGEMENTS.has(type)) return 1;
    this.#owed--;
    return 0;
  }
}
