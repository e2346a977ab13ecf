/** Simulates an MQTT client's TCP connections: in order, with exponential waits after a lost segment. */

import type { Link, Span } from "./link.ts";
import type { RandomStream } from "./random_stream.ts";

/** The MQTT keepalive of nodes and observer. A client gives up after half to one and a half of it. */
const KEEPALIVE_S = 10;
/** A client tries to connect again this often. */
const RECONNECT_EVERY_S = 1;
/** Messages that queued behind a segment arrive right after it, with this interval. */
const QUEUE_GAP_S = 1e-4;

/** TCP's waits before it retransmits a lost segment. Each wait doubles the previous one, up to a limit. */
export interface Ladder {
  readonly firstS: number;
  readonly mostS: number;
}

/** Linux waits 200 ms plus a round trip at first; `net.ipv4.tcp_rto_max_ms` is 120 s. */
export const LINUX_LADDER: Ladder = { firstS: 0.208, mostS: 120 };

/** When a segment first sent at `firstSentS` is retransmitted after the attempt at `atS`. */
export function retryS(ladder: Ladder, atS: number, firstSentS: number): number {
  const waitS = atS === firstSentS ? ladder.firstS : atS - firstSentS;
  return atS + Math.min(ladder.mostS, waitS);
}

/** A time without a connection. */
export interface Cut {
  readonly downS: number;
  readonly backS: number;
  readonly cause: "broker" | "gave_up";
}

export interface Transmission {
  /** When each message arrived; NaN for those that never did. */
  readonly arrivedS: Float64Array;
  readonly cuts: readonly Cut[];
  /** The times from a lost segment until the client gave up. Nothing arrived meanwhile. */
  readonly blocks: readonly Span[];
}

export interface TcpOptions {
  readonly link: Link;
  readonly random: RandomStream;
  readonly ladder: Ladder;
  /** When the broker ended, and when this client was connected again. */
  readonly brokerCuts: readonly Omit<Cut, "cause">[];
}

/** Sends messages at the given ascending instants. */
export function transmit(sends: ArrayLike<number>, options: TcpOptions): Transmission {
  const client = new Client(options);
  const arrivedS = Float64Array.from(sends, (sentS) => client.send(sentS));
  return { arrivedS, cuts: client.cuts, blocks: client.blocks };
}

class Client {
  readonly cuts: Cut[] = [];
  readonly blocks: Span[] = [];
  readonly #options: TcpOptions;
  /** The client is connected again from this instant on. */
  #backS = -1;
  /** Until this instant all messages queue behind a lost segment. */
  #freeS = -1;
  #queued = 0;
  #arrivedS = 0;
  #nextCut = 0;

  constructor(options: TcpOptions) {
    this.#options = options;
  }

  /** When a message that is sent now arrives; NaN for never. */
  send(sentS: number): number {
    const edgeS = this.#brokerGoneS(sentS);
    if (sentS < this.#backS) return NaN;
    const { link } = this.#options;
    let atS: number;
    if (sentS <= this.#freeS) {
      this.#queued++;
      atS = this.#freeS + QUEUE_GAP_S * this.#queued;
    } else if (link.isLost(sentS)) {
      const fate = insist(sentS, this.#options);
      if (fate.kind === "gave_up") return this.#giveUp(sentS, fate, edgeS);
      this.#freeS = fate.atS;
      this.#queued = 0;
      atS = fate.atS + link.delayS();
    } else atS = sentS + link.delayS();
    atS = Math.max(atS, this.#arrivedS + 1e-6);
    // Messages in flight are lost when the broker ends.
    if (atS >= edgeS) return NaN;
    this.#arrivedS = atS;
    return atS;
  }

  /** Processes the broker's absences up to now. Returns the beginning of the next one. */
  #brokerGoneS(nowS: number): number {
    const { brokerCuts } = this.#options;
    for (;; this.#nextCut++) {
      const cut = brokerCuts[this.#nextCut];
      if (cut === undefined) return Infinity;
      if (cut.downS > nowS) return cut.downS;
      if (cut.backS <= this.#backS) continue;
      this.#backS = cut.backS;
      this.#freeS = -1;
      this.cuts.push({ ...cut, cause: "broker" });
    }
  }

  #giveUp(sentS: number, { atS, backS }: Surrender, edgeS: number): number {
    if (atS >= edgeS) return NaN;
    this.#backS = backS;
    this.cuts.push({ downS: atS, backS, cause: "gave_up" });
    this.blocks.push({ fromS: sentS, toS: atS + 1e-3 });
    return NaN;
  }
}

interface Surrender {
  readonly kind: "gave_up";
  readonly atS: number;
  readonly backS: number;
}

type Fate = { readonly kind: "through"; readonly atS: number } | Surrender;

/** Retransmits a lost segment until it arrives or the client gives up. */
function insist(sentS: number, { link, random, ladder }: TcpOptions): Fate {
  const giveUpS = sentS + KEEPALIVE_S * (0.5 + random.next());
  let atS = retryS(ladder, sentS, sentS);
  while (atS <= giveUpS && link.isLost(atS)) atS = retryS(ladder, atS, sentS);
  if (atS <= giveUpS) return { kind: "through", atS };
  let backS = giveUpS + RECONNECT_EVERY_S;
  while (link.isLost(backS)) backS += RECONNECT_EVERY_S;
  return { kind: "gave_up", atS: giveUpS, backS };
}
