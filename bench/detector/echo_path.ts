/** The path of an observer's echo to the broker and back, in one FIFO with all messages routed to it. */

import type { Link } from "./link.ts";
import { retryS } from "./tcp.ts";
import { isCut, routedBy, type Trace } from "./trace.ts";

/** The delay of one way, for an observer on the broker's machine. */
const HOP_S = 0.001;
/** The number of earlier messages that are checked, enough for one read. */
const LOOK_BACK = 400;

export class EchoPath {
  readonly #trace: Trace;
  readonly #link: Link | undefined;
  #lastAtBrokerS = 0;
  #lastSocketS = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
    const { seed, name } = trace.options;
    this.#link = trace.observer.link?.fork(`${seed}/${name}/echo`);
  }

  /** When an echo that is sent now is in the observer's socket; `undefined` if it is lost. */
  socketS(sentS: number): number | undefined {
    const { cuts, blocks } = this.#trace.observer;
    if (isCut(cuts, sentS)) return undefined;
    const brokerS = Math.max(this.#hopS(sentS), this.#lastAtBrokerS);
    let atS = this.#hopS(brokerS);
    for (const { fromS, toS } of blocks) {
      if (fromS <= brokerS && brokerS < toS) atS = Math.max(atS, toS + 1e-3);
    }
    atS = Math.max(atS, this.#queuedS(brokerS), this.#lastSocketS);
    if (cuts.some(({ downS }) => downS >= sentS && downS < atS)) return undefined;
    this.#lastAtBrokerS = brokerS;
    this.#lastSocketS = atS;
    return atS;
  }

  /** The arrival of the last message that the broker had routed to the observer before. */
  #queuedS(brokerS: number): number {
    const { observer } = this.#trace;
    const count = routedBy(observer, brokerS);
    for (let index = count - 1; index >= Math.max(0, count - LOOK_BACK); index--) {
      const socketS = observer.socketS[index] ?? NaN;
      if (!Number.isNaN(socketS)) return socketS + 1e-4;
    }
    return 0;
  }

  #hopS(fromS: number): number {
    if (this.#link === undefined) return fromS + HOP_S;
    let atS = fromS;
    while (this.#link.isLost(atS)) atS = retryS(this.#trace.options.ladder, atS, fromS);
    return atS + this.#link.delayS();
  }
}
