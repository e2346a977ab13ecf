/** What of a connection's ups and downs is worth a line of the log: each change, then a sum an hour. */

import { HourlyLimit } from "../structures/hourly_limit.ts";
import type { BrokerFault } from "./broker_fault.ts";

const HOUR_MS = 3_600_000;
/** Of connections that are lost within an hour so many are told one by one. */
const DROPS_SHOWN_MAX = 3;
/** An outage of this length is told, however many there were before. */
const LONG_OUTAGE_MS = 60_000;
/** A broker that ends a connection sooner has its reason. */
const SHORT_CONNECTION_MS = 10_000;
/** So many in a row are no chance. */
const SHORT_IN_ROW = 3;

export type ConnectionEvent =
  | { readonly kind: "up" }
  /**
   * As the link tells it: a connection that ended, or an attempt that failed. `wasHeard`: the broker had
   * passed on what was said in it.
   */
  | {
    readonly kind: "down";
    readonly fault: BrokerFault;
    readonly wasUp: boolean;
    readonly wasHeard: boolean;
  };

export interface FaultCount {
  /** The first of its kind. */
  readonly fault: BrokerFault;
  readonly count: number;
}

export type ConnectionLine =
  /** `failures` counts the attempts of the outage that ends. */
  | { readonly kind: "connected"; readonly failures: number }
  | { readonly kind: "disconnected"; readonly fault: BrokerFault }
  | { readonly kind: "cannot_connect"; readonly fault: BrokerFault }
  /** An outage goes on; the counts are those since the last line of this kind. */
  | { readonly kind: "still_away"; readonly downMs: number; readonly faults: readonly FaultCount[] }
  /** Connections that were lost within an hour and not told one by one. */
  | { readonly kind: "drops"; readonly count: number }
  /**
   * The broker ends each connection soon after it was made. `wasHeard`: in one of them it had passed on
   * what was said, so that this is not the reason.
   */
  | { readonly kind: "ended_soon"; readonly wasHeard: boolean };

/** Takes what happens, in the order of time, and answers what to log. */
export class ConnectionReport {
  readonly #shortMs: number;
  /** Of the present outage; `undefined` while connected. */
  #outage: Outage | undefined;
  readonly #drops = new HourlyLimit(DROPS_SHOWN_MAX);
  #upMs = -Infinity;
  #shortInRow = 0;
  #wasHeardInRow = false;

  /** `reconnectMs`: how long two clients that take each other over wait in between. */
  constructor(reconnectMs: number, nowMs: number) {
    this.#shortMs = Math.max(SHORT_CONNECTION_MS, 2 * reconnectMs);
    this.#outage = new Outage(nowMs, true);
  }

  take(event: ConnectionEvent, nowMs: number): readonly ConnectionLine[] {
    return event.kind === "up" ? this.#up(nowMs) : this.#down(event, nowMs);
  }

  #up(nowMs: number): readonly ConnectionLine[] {
    const outage = this.#outage;
    this.#outage = undefined;
    this.#upMs = nowMs;
    return outage?.isTold ? [{ kind: "connected", failures: outage.failures }] : [];
  }

  #down(
    { fault, wasUp, wasHeard }: Extract<ConnectionEvent, { kind: "down" }>,
    nowMs: number,
  ): readonly ConnectionLine[] {
    if (!wasUp) {
      // Who takes connections over keeps nobody from the next one: the broker itself is ill.
      if (!isEndedByBroker(fault)) this.#shortInRow = 0;
      this.#outage ??= new Outage(nowMs, true);
      return this.#outage.failed(fault, nowMs);
    }
    const { isReported, hidden } = this.#drops.count(nowMs);
    this.#outage = new Outage(nowMs, isReported);
    const isShort = nowMs - this.#upMs < this.#shortMs && isEndedByBroker(fault);
    this.#shortInRow = isShort ? this.#shortInRow + 1 : 0;
    this.#wasHeardInRow = wasHeard || (this.#shortInRow > 1 && this.#wasHeardInRow);
    const lines: ConnectionLine[] = [];
    if (isReported) lines.push({ kind: "disconnected", fault });
    if (hidden > 0) lines.push({ kind: "drops", count: hidden });
    const isSum = hidden > 0 && this.#shortInRow > SHORT_IN_ROW;
    if (isSum || this.#shortInRow === SHORT_IN_ROW) {
      lines.push({ kind: "ended_soon", wasHeard: this.#wasHeardInRow });
    }
    return lines;
  }
}

function isEndedByBroker({ code }: BrokerFault): boolean {
  return code === "closed" || code === "broken";
}

/** From the loss of a connection, or the program's start, to the next one. */
class Outage {
  failures = 0;
  readonly #fromMs: number;
  /** Since the last sum. */
  readonly #counts = new Map<string, FaultCount>();
  readonly #told = new Set<string>();
  #sumMs: number;
  #isReported: boolean;

  constructor(fromMs: number, isReported: boolean) {
    this.#fromMs = fromMs;
    this.#sumMs = fromMs + HOUR_MS;
    this.#isReported = isReported;
  }

  get isTold(): boolean {
    return this.#isReported;
  }

  /** An attempt has failed. */
  failed(fault: BrokerFault, nowMs: number): readonly ConnectionLine[] {
    this.failures++;
    const kind = kindOf(fault);
    const { count } = this.#counts.get(kind) ?? { count: 0 };
    this.#counts.set(kind, { fault: this.#counts.get(kind)?.fault ?? fault, count: count + 1 });
    const downMs = nowMs - this.#fromMs;
    if (nowMs >= this.#sumMs) {
      this.#sumMs = nowMs + HOUR_MS;
      const faults = [...this.#counts.values()];
      this.#counts.clear();
      this.#told.add(kind);
      return [{ kind: "still_away", downMs, faults }];
    }
    this.#isReported ||= downMs >= LONG_OUTAGE_MS;
    if (!this.#isReported || this.#told.has(kind)) return [];
    this.#told.add(kind);
    return [{ kind: "cannot_connect", fault }];
  }
}

/** Faults of one kind differ in details alone: how many seconds a lookup took. */
function kindOf(fault: BrokerFault): string {
  return fault.code === "certificate" ? `${fault.code} ${fault.problem}` : fault.code;
}
