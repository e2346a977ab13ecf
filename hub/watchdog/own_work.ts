/** Looks at the parts of the running hub: what keeps it from its work at this instant? */

import type { NotificationState } from "../../core/alerting/notification.ts";
import type { ClusterState } from "../../core/detection/cluster_state.ts";
import type { WatchdogFault } from "../../core/watchdog/watchdog.ts";
import { type Clock, monotonicMs } from "../../io/time/clock.ts";
import type { Store } from "../store/store.ts";

/** The hub's loop turns at least every 2 s. */
const TURN_MS_MAX = 30_000;

export interface OwnWorkParts {
  readonly clock: Clock;
  readonly cluster: Pick<ClusterState, "blind" | "blindReason" | "blindSinceMs" | "linkUp">;
  readonly store: Pick<Store, "outbox" | "writeThrough">;
  /** Whether anybody would be notified. */
  readonly notification: () => NotificationState;
}

export class OwnWork {
  readonly #parts: OwnWorkParts;
  readonly #beganMs: number;
  #turnedMs: number;
  /** Since when the store and the providers fail without a break. */
  #storageSinceMs: number | undefined;
  #providersSinceMs: number | undefined;

  constructor(parts: OwnWorkParts) {
    this.#parts = parts;
    this.#beganMs = parts.clock.nowMs();
    this.#turnedMs = this.#beganMs;
  }

  /** The hub's loop has completed a turn. */
  turned(): void {
    this.#turnedMs = this.#parts.clock.nowMs();
  }

  /** All faults of this instant. */
  faults(nowMs: number): readonly WatchdogFault[] {
    const faults = [
      this.#blindness(),
      this.#storage(nowMs),
      this.#outbox(nowMs),
      this.#providers(nowMs),
      this.#loop(nowMs),
    ];
    return faults.filter((fault) => fault !== undefined);
  }

  #blindness(): WatchdogFault | undefined {
    const { blind, blindReason, blindSinceMs, linkUp } = this.#parts.cluster;
    if (!blind) return undefined;
    const cause = blindReason ?? (linkUp ? "starting" : "no_connection");
    return { kind: "blind", cause, sinceMs: blindSinceMs ?? this.#beganMs };
  }

  #storage(nowMs: number): WatchdogFault | undefined {
    const fault = this.#parts.store.writeThrough?.fault;
    if (fault === undefined) {
      this.#storageSinceMs = undefined;
      return undefined;
    }
    this.#storageSinceMs ??= nowMs;
    return { kind: "storage", cause: fault.cause, sinceMs: this.#storageSinceMs };
  }

  /** Nothing goes out if the oldest message waits, and none was accepted since. */
  #outbox(nowMs: number): WatchdogFault | undefined {
    const { clock, store: { outbox } } = this.#parts;
    const waitingMs = outbox.waitingSince();
    if (waitingMs === undefined || waitingMs > clock.wallMs(nowMs)) return undefined;
    if ((outbox.lastSent()?.atMs ?? -Infinity) >= waitingMs) return undefined;
    return { kind: "outbox", sinceMs: monotonicMs(clock, waitingMs) };
  }

  /** A hub without a channel has nobody to reach: its owner may rely on the watcher alone. */
  #providers(nowMs: number): WatchdogFault | undefined {
    if (this.#parts.notification() !== "failing") {
      this.#providersSinceMs = undefined;
      return undefined;
    }
    this.#providersSinceMs ??= nowMs;
    return { kind: "providers", sinceMs: this.#providersSinceMs };
  }

  #loop(nowMs: number): WatchdogFault | undefined {
    if (nowMs - this.#turnedMs < TURN_MS_MAX) return undefined;
    return { kind: "stuck", sinceMs: this.#turnedMs };
  }
}
