/** The metrics for Prometheus. */

import { promisify } from "node:util";
import { gzip as gzipLater, type ZlibOptions } from "node:zlib";
import { Counter, Gauge, Registry } from "prom-client";
import type { DeliveryState } from "../../core/api/delivery_view.ts";
import type { Liveness } from "../../core/detection/liveness.ts";
import { REFUSAL_REASONS } from "../../core/limits/refusal_report.ts";
import { VERSION } from "../../core/version.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Store } from "../store/store.ts";
import { nodeMetrics } from "./node_metrics.ts";
import type { Projection } from "./projection.ts";
import type { Refusals } from "./refusals.ts";

const LEAVES: ReadonlySet<string> = new Set(["status", "heartbeat", "vitals", "echo"]);
const DELIVERY_STATES: readonly DeliveryState[] = [
  "pending",
  "accepted",
  "delivered",
  "refused",
  "expired",
  "merged",
];

/** The metrics of 5,000 nodes take 0.2 s of CPU. */
const RENDER_EVERY_MS = 1000;
/** The lowest level, because it costs the least CPU. */
const GZIP_LEVEL = 1;

const gzipped = promisify<Uint8Array, ZlibOptions, Uint8Array>(gzipLater);

export interface MetricsOptions {
  readonly projection: Projection;
  readonly store: Store;
  readonly refusals: Refusals;
  readonly clock: Clock;
}

export interface RenderedMetrics {
  readonly contentType: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

/** Gauges are computed from the hub's state at each scrape; counters are incremented by events. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #projection: Projection;
  readonly #transitions: Counter<"to">;
  readonly #dropped: Counter<"topic">;
  readonly #clock: Clock;
  #rendered: Promise<RenderedMetrics> | undefined;
  #renderedMs = -Infinity;

  constructor({ projection, store, refusals, clock }: MetricsOptions) {
    this.#clock = clock;
    this.#projection = projection;
    const registers = [this.#registry];
    new Gauge({
      name: "rpi_cluster_build_info",
      help: "The version of the hub, as a label.",
      labelNames: ["version"],
      registers,
    }).set({ version: VERSION }, 1);
    new Gauge({
      name: "rpi_cluster_hub_blind",
      help: "1 while the hub cannot trust its own view.",
      registers,
      collect() {
        this.set(projection.blind === null ? 0 : 1);
      },
    });
    new Gauge({
      name: "rpi_cluster_deliveries",
      help: "Messages in the outbox by their state.",
      labelNames: ["state"],
      registers,
      collect() {
        const counts = store.outbox.countByState();
        for (const state of DELIVERY_STATES) this.set({ state }, counts.get(state) ?? 0);
      },
    });
    new Gauge({
      name: "rpi_cluster_history_written",
      help: "0 while the hub goes on in memory, for its database cannot be written.",
      registers,
      collect() {
        this.set(store.isWritten ? 1 : 0);
      },
    });
    new Gauge({
      name: "rpi_cluster_notification_works",
      help: "0 while nobody is notified when a node dies: no channel is set up, or none delivers.",
      registers,
      collect() {
        this.set(projection.notification.state === "works" ? 1 : 0);
      },
    });
    new Gauge({
      name: "rpi_cluster_channel_works",
      help: "0 while a channel does not deliver, or only prints.",
      labelNames: ["channel"],
      registers,
      collect() {
        this.reset();
        for (const { name: channel, state } of projection.notification.channels) {
          this.set({ channel }, state === "works" ? 1 : 0);
        }
      },
    });
    new Gauge({
      name: "rpi_cluster_broker_seen",
      help: "0 while the hub does not see the cluster through this one of its several brokers.",
      labelNames: ["broker"],
      registers,
      collect() {
        this.reset();
        for (const { broker, sees } of projection.brokers() ?? []) {
          this.set({ broker }, sees ? 1 : 0);
        }
      },
    });
    new Gauge({
      name: "rpi_cluster_watchdog_last_ping_timestamp_seconds",
      help: "When the watcher outside last accepted a ping; absent before that, and without one.",
      registers,
      collect() {
        this.reset();
        const at = projection.watchdog()?.last_ping_at ?? null;
        if (at === null) this.remove();
        else this.set(Date.parse(at) / 1000);
      },
    });
    new Gauge({
      name: "rpi_cluster_watchdog_works",
      help: "1 while the hub works and the watcher outside accepts its pings; absent without one.",
      registers,
      collect() {
        this.reset();
        const view = projection.watchdog();
        if (view === undefined) this.remove();
        else this.set(view.faults.length === 0 && view.error === null ? 1 : 0);
      },
    });
    new Counter({
      name: "rpi_cluster_refused_total",
      help: "What was refused since the hub started: connections, logins, messages, requests.",
      labelNames: ["reason"],
      registers,
      collect() {
        this.reset();
        for (const reason of REFUSAL_REASONS) {
          this.inc({ reason }, refusals.counts.get(reason) ?? 0);
        }
      },
    });
    this.#transitions = new Counter({
      name: "rpi_cluster_transitions_total",
      help: "Changes of liveness since the hub started.",
      labelNames: ["to"],
      registers,
    });
    this.#dropped = new Counter({
      name: "rpi_cluster_dropped_messages_total",
      help: "MQTT messages that could not be read, by the last level of their topic.",
      labelNames: ["topic"],
      registers,
    });
  }

  transition(to: Liveness): void {
    this.#transitions.inc({ to });
  }

  /** Only known topic endings become labels, because a client can invent any number of topics. */
  dropped(topic: string): void {
    const leaf = topic.slice(topic.lastIndexOf("/") + 1);
    this.#dropped.inc({ topic: LEAVES.has(leaf) ? leaf : "other" });
  }

  /** Builds the metrics at most once a second, for any number of scrapers. */
  async render(): Promise<RenderedMetrics> {
    const nowMs = this.#clock.nowMs();
    if (this.#rendered === undefined || nowMs - this.#renderedMs >= RENDER_EVERY_MS) {
      this.#renderedMs = nowMs;
      this.#rendered = this.#build();
    }
    return await this.#rendered;
  }

  async #build(): Promise<RenderedMetrics> {
    const text = await this.#registry.metrics() + await nodeMetrics(this.#projection);
    const plain = new TextEncoder().encode(text);
    const gzip = Uint8Array.from(await gzipped(plain, { level: GZIP_LEVEL }));
    return { contentType: this.#registry.contentType, plain, gzip };
  }
}
