/** Watches this machine's interfaces. The kernel wakes it; otherwise it sleeps. */

import { CarrierMemory, leadsToNodes } from "../../core/network/carrier.ts";
import type { NetworkLinkInput, ProbeNode } from "../../core/network/probe.ts";
import type { NetworkView } from "../../core/network/view.ts";
import { getLog } from "../log/log.ts";
import { type Clock, sleepUntil } from "../time/clock.ts";
import { findIp, monitorIp } from "./ip_program.ts";
import { readView, viewWithoutIp } from "./network_state.ts";

/** One change prints several lines of `ip monitor`; a starting container prints dozens. */
const SETTLE_MS = 100;
/** The first delay before a new `ip monitor` when one ends. Each further delay is twice as long. */
const RESTART_MS_MIN = 1000;
const RESTART_MS_MAX = 60_000;
/** A run of at least this time does not count as a failure. */
const LIVED_MS = 60_000;
/** How many different failures are named in the log. */
const REASONS_MAX = 20;

export interface LinkWatchOptions {
  readonly clock: Clock;
  /** The known nodes with the addresses that they announced. */
  readonly nodes: () => readonly ProbeNode[];
  /** Called once at the start, and then at each change. */
  readonly onChange: (link: NetworkLinkInput) => void;
}

const log = getLog("network");

/**
 * Runs until it is disposed. Never throws. A machine that cannot report its carrier is reported as
 * `undefined`.
 */
export class LinkWatch implements AsyncDisposable {
  readonly #options: LinkWatchOptions;
  readonly #ip = findIp();
  readonly #memory = new CarrierMemory();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #view: NetworkView = viewWithoutIp();
  /** Whether `#view` comes from `ip`. Otherwise it is an estimate. */
  #isKnown = false;
  readonly #firstLook = Promise.withResolvers<void>();
  #reported: NetworkLinkInput | undefined;
  #isStale = false;
  #wake: () => void = () => {};
  readonly #reportedReasons = new Set<string>();

  constructor(options: LinkWatchOptions) {
    this.#options = options;
    this.#running = this.#ip === undefined ? this.#doWithout() : this.#run(this.#ip);
  }

  /** The latest interfaces and routes. */
  get view(): NetworkView {
    return this.#isKnown ? this.#view : viewWithoutIp();
  }

  /** Resolves when `ip` has filled `view`, or when `ip` failed or is missing. */
  get ready(): Promise<void> {
    return this.#firstLook.promise;
  }

  /** The path of the `ip` program, or `undefined` if there is none. */
  get ip(): string | undefined {
    return this.#ip;
  }

  /** Call this when the set of known nodes or their addresses changed. */
  review(): void {
    if (!this.#isKnown) return this.#report(undefined);
    this.#report(leadsToNodes(this.#view, this.#memory, this.#options.nodes()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  #doWithout(): Promise<void> {
    log.info("there is no ip program (iproute2): a disconnected cable cannot be detected");
    this.#firstLook.resolve();
    // Reports after the constructor has returned, like any other change.
    return Promise.resolve().then(() => this.review());
  }

  async #run(ip: string): Promise<void> {
    await Promise.all([this.#monitor(ip), this.#lookWhenWoken(ip)]);
  }

  /** Keeps one `ip monitor` running. */
  async #monitor(ip: string): Promise<void> {
    const { clock } = this.#options;
    const stop = this.#stop.signal;
    for (let waitMs = RESTART_MS_MIN; !stop.aborted;) {
      const startedMs = clock.nowMs();
      // Detects changes that happened while no monitor was running.
      this.#lookSoon();
      await monitorIp(ip, () => this.#lookSoon(), stop).catch((error) => this.#fail(error));
      if (stop.aborted) return;
      if (clock.nowMs() - startedMs >= LIVED_MS) waitMs = RESTART_MS_MIN;
      this.#lookSoon();
      await sleepUntil(clock, clock.nowMs() + waitMs, stop);
      waitMs = Math.min(RESTART_MS_MAX, 2 * waitMs);
    }
  }

  #lookSoon(): void {
    this.#isStale = true;
    this.#wake();
  }

  async #lookWhenWoken(ip: string): Promise<void> {
    const { clock } = this.#options;
    const stop = this.#stop.signal;
    while (!stop.aborted) {
      if (!this.#isStale) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
      }
      await sleepUntil(clock, clock.nowMs() + SETTLE_MS, stop);
      if (stop.aborted) return;
      this.#isStale = false;
      await this.#look(ip);
    }
  }

  async #look(ip: string): Promise<void> {
    try {
      this.#view = await readView(ip);
      this.#memory.note(this.#view);
      this.#isKnown = true;
    } catch (error) {
      this.#isKnown = false;
      this.#fail(error);
    }
    this.#firstLook.resolve();
    this.review();
  }

  #report(up: boolean | undefined): void {
    if (this.#stop.signal.aborted || (this.#reported !== undefined && this.#reported.up === up)) {
      return;
    }
    this.#reported = { kind: "network_link", up };
    if (up === false) log.warning("no interface with carrier leads to the nodes");
    else if (up === true) log.info("an interface with carrier leads to the nodes");
    this.#options.onChange(this.#reported);
  }

  /** Logs each reason once, because a failure may repeat every minute. */
  #fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#reportedReasons.has(reason) || this.#reportedReasons.size >= REASONS_MAX) return;
    this.#reportedReasons.add(reason);
    log.warning("the ip program failed: a disconnected cable cannot be detected", { reason });
  }
}
