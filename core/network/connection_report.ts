/** Decides which connection changes are logged: each change at first, then one summary an hour. */

import { HourlyLimit } from "../structures/hourly_limit.ts";
import type { BrokerFault } from "./broker_fault.ts";

const HOUR_MS = 3_600_000;
/** This many lost connections an hour are logged one by one. */
const DROPS_SHOWN_MAX = 3;
/** An outage of this length is always logged. */
const LONG_OUTAGE_MS = 60_000;
/** A broker that ends a connection sooner than this does it on purpose. */
const SHORT_CONNECTION_MS = 10_000;
/** This many short connections in a row are not a coincidence. */
const SHORT_IN_ROW = 3;

export type ConnectionEvent =
  | { readonly kind: "up" }
  /**
   * From the link: a connection ended, or an attempt failed. `wasHeard`: the broker had forwarded
   * messages of this connection.
   */
  | {
    readonly kind: "down";
    readonly fault: BrokerFault;
    readonly wasUp: boolean;
    readonly wasHeard: boolean;
  };

export interface FaultCount {
  /** The first fault of its kind. */
  readonly fault: BrokerFault;
  readonly count: number;
}

export type ConnectionLine =
  /** `failures` counts the failed attempts of the outage that ends. */
  | { readonly kind: "connected"; readonly failures: number }
  | { readonly kind: "disconnected"; readonly fault: BrokerFault }
  | { readonly kind: "cannot_connect"; readonly fault: BrokerFault }
  /** An outage continues. The counts start at the last line of this kind. */
  | { readonly kind: "still_away"; readonly downMs: number; readonly faults: readonly FaultCount[] }
  /** The number of lost connections within an hour that were not logged one by one. */
  | { readonly kind: "drops"; readonly count: number }
  /**
   * The broker ends each connection soon after its start. `wasHeard`: it had forwarded messages of
   * one of them, so a refusal to publish is not the reason.
   */
  | { readonly kind: "ended_soon"; readonly wasHeard: boolean };

/** Takes events in the order of time and returns the lines to log. */
export class ConnectionReport {
  readonly #shortMs: number;
  /** The present outage; `undefined` while connected. */
  #outage: Outage | undefined;
  readonly #drops = new HourlyLimit(DROPS_SHOWN_MAX);
  #upMs = -Infinity;
  #shortInRow = 0;
  #wasHeardInRow = false;

  /** `reconnectMs`: the pause of two clients that disconnect each other by the same client id. */
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
    return outage?.isReported ? [{ kind: "connected", failures: outage.failures }] : [];
  }

  #down(
    { fault, wasUp, wasHeard }: Extract<ConnectionEvent, { kind: "down" }>,
    nowMs: number,
  ): readonly ConnectionLine[] {
    if (!wasUp) {
      // A client that takes connections over does not prevent the next one, so the broker itself
      // has a fault.
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

/** The time from the loss of a connection, or the program's start, to the next connection. */
class Outage {
  failures = 0;
  readonly #fromMs: number;
  /** Counts since the last summary. */
  readonly #counts = new Map<string, FaultCount>();
  readonly #reported = new Set<string>();
  #sumMs: number;
  #isReported: boolean;

  constructor(fromMs: number, isReported: boolean) {
    this.#fromMs = fromMs;
    this.#sumMs = fromMs + HOUR_MS;
    this.#isReported = isReported;
  }

  get isReported(): boolean {
    return this.#isReported;
  }

  /** An attempt failed. */
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
      this.#reported.add(kind);
      return [{ kind: "still_away", downMs, faults }];
    }
    this.#isReported ||= downMs >= LONG_OUTAGE_MS;
    if (!this.#isReported || this.#reported.has(kind)) return [];
    this.#reported.add(kind);
    return [{ kind: "cannot_connect", fault }];
  }
}

/** Faults of one kind differ only in details, such as the duration of a lookup. */
function kindOf(fault: BrokerFault): string {
  return fault.code === "certificate" ? `${fault.code} ${fault.problem}` : fault.code;
}
