/** Watches the providers of all channels by their requests, and probes them if there are too few. */

import type { Delivery } from "../../core/alerting/retry.ts";
import { getLog } from "../../io/log/log.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Channel, DeliveryStatus, Finding, Reach } from "../notify/channel/channel.ts";
import {
  type Fall,
  ProviderHealth,
  type ProviderHealthReport,
  type Purpose,
} from "./provider_health.ts";
import { TaskLoop } from "./task_loop.ts";

/** More channels than a hub has. */
const PROBES_MAX = 8;
/** Without a question the loop checks again this often. */
const IDLE_MS = 10 * 60_000;

const log = getLog("uplink");

export interface ProviderMonitorOptions {
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  /** A provider that accepts no message for this long counts as down. */
  readonly downAfterMs: number;
  readonly onProviderHealth: (report: ProviderHealthReport) => void;
}

export class ProviderMonitor {
  readonly #options: ProviderMonitorOptions;
  readonly #health: ReadonlyMap<string, ProviderHealth>;
  readonly #loop: TaskLoop;
  /** Why providers would refuse every message, by channel. Each reason is logged once. */
  readonly #refusals = new Map<string, string>();

  constructor(options: ProviderMonitorOptions) {
    this.#options = options;
    this.#loop = new TaskLoop(options.clock, PROBES_MAX);
    const { channels, clock, downAfterMs } = options;
    const terms = { downAfterMs, nowMs: clock.nowMs() };
    this.#health = new Map(channels.map(({ name }) => [name, new ProviderHealth(name, terms)]));
  }

  /** Why a channel is down, and for how long it has failed, in ms; `undefined` while it is not down. */
  fallOf(channel: string): (Fall & { readonly forMs: number }) | undefined {
    const health = this.#health.get(channel);
    const fall = health?.fall;
    return fall && { ...fall, forMs: health.failingForMs(this.#options.clock.nowMs()) };
  }

  /**
   * When a channel counts as down unless it accepts a message, in ms from now; `Infinity` for
   * never.
   */
  untilDownMs(channel: string): number {
    return this.#health.get(channel)?.untilDownMs(this.#options.clock.nowMs()) ?? Infinity;
  }

  /** Evaluates the end of a request to a channel's provider. */
  note(
    channel: string,
    purpose: Purpose,
    answer: Delivery | Finding | DeliveryStatus | Reach,
  ): void {
    const health = this.#health.get(channel);
    if (health === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    switch (answer.kind) {
      case "deferred": {
        this.#report(health.missed(purpose, answer, nowMs));
        // A question shows at once whether the provider fails or only this message.
        return this.#loop.wake();
      }
      case "refused": {
        if (purpose === "message") return this.#report(health.answered(nowMs));
        return this.#report(health.missed(purpose, { ...answer, isBlocked: true }, nowMs));
      }
      case "failed": {
        if (!answer.isBlocked) return this.#report(health.reached(purpose, nowMs));
        return this.#report(health.missed("message", answer, nowMs));
      }
      case "accepted":
      case "reached":
      case "waiting":
      case "delivered":
        return this.#report(health.reached(purpose, nowMs));
      // The answer may not come from the provider.
      case "absent":
      case "unknown":
        return;
    }
  }

  /** Probes providers without recent requests, until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    await this.#loop.run(() => this.#beginProbes(stop), stop);
  }

  #beginProbes(stop: AbortSignal): number {
    const { channels, clock } = this.#options;
    let waitMs = IDLE_MS;
    for (const { name, probe } of channels) {
      const health = this.#health.get(name);
      if (health === undefined || this.#loop.isUnderWay(name)) continue;
      const nowMs = clock.nowMs();
      const restMs = (probe === undefined ? health.trustAtMs : health.probeAtMs) - nowMs;
      if (restMs > 0) waitMs = Math.min(waitMs, restMs);
      else if (probe === undefined) this.#report(health.trusted(nowMs));
      else this.#loop.begin(name, () => this.#probe(name, stop));
    }
    return waitMs;
  }

  async #probe(name: string, stop: AbortSignal): Promise<void> {
    const channel = this.#options.channels.find((one) => one.name === name);
    const reach = await channel?.probe?.(stop);
    if (reach === undefined || stop.aborted) return;
    this.#note(name, reach);
    this.note(name, "question", reach);
  }

  /** A reason that stops every message must be known before there is a message. */
  #note(name: string, reach: Reach): void {
    if (reach.kind === "deferred") return;
    const why = reach.kind === "refused" ? reach.why : undefined;
    if (why === this.#refusals.get(name)) return;
    if (why === undefined) this.#refusals.delete(name);
    else {
      this.#refusals.set(name, why);
      log.error("no message can be sent", { channel: name, reason: why });
    }
  }

  #report(report: ProviderHealthReport | undefined): void {
    if (report !== undefined) this.#options.onProviderHealth(report);
  }
}
