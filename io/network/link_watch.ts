/** Watches this machine's interfaces: woken by the kernel, and asleep for as long as nothing changes. */

import { CarrierMemory, leadsToNodes } from "../../core/network/carrier.ts";
import type { NetworkLinkInput, ProbeNode } from "../../core/network/probe.ts";
import type { NetworkView } from "../../core/network/view.ts";
import { getLog } from "../log/log.ts";
import { type Clock, sleepUntil } from "../time/clock.ts";
import { findIp, monitorIp } from "./ip_program.ts";
import { readView, viewWithoutIp } from "./network_state.ts";

/** One change is several lines of `ip monitor`; a container that starts is dozens. */
const SETTLE_MS = 100;
/** An `ip monitor` that ends is started anew after this long, and each time twice as long. */
const RESTART_MS_MIN = 1000;
const RESTART_MS_MAX = 60_000;
/** One that lived this long was no failure. */
const LIVED_MS = 60_000;
/** Different failures that are named in the log. */
const REASONS_MAX = 20;

export interface LinkWatchOptions {
  readonly clock: Clock;
  /** The nodes with the addresses that they announced, as known now. */
  readonly nodes: () => readonly ProbeNode[];
  /** Told once at the start, and then at each change. */
  readonly onChange: (link: NetworkLinkInput) => void;
}

const log = getLog("network");

/** Runs until disposed. Never throws: a machine that cannot tell its carrier is told as `undefined`. */
export class LinkWatch implements AsyncDisposable {
  readonly #options: LinkWatchOptions;
  readonly #ip = findIp();
  readonly #memory = new CarrierMemory();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #view: NetworkView = viewWithoutIp();
  /** Whether `#view` is what `ip` printed last, and not a guess. */
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

  /** The interfaces and routes as last seen. */
  get view(): NetworkView {
    return this.#isKnown ? this.#view : viewWithoutIp();
  }

  /** Resolves when `view` is what `ip` printed, or when `ip` failed or is missing. */
  get ready(): Promise<void> {
    return this.#firstLook.promise;
  }

  /** The `ip` program, or `undefined` where there is none. */
  get ip(): string | undefined {
    return this.#ip;
  }

  /** To be called when other nodes are known than before, or other addresses of theirs. */
  review(): void {
    if (!this.#isKnown) return this.#tell(undefined);
    this.#tell(leadsToNodes(this.#view, this.#memory, this.#options.nodes()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  #doWithout(): Promise<void> {
    log.info("there is no ip program (iproute2): whether a cable is out is not known");
    this.#firstLook.resolve();
    // As any other news it comes after the constructor.
    return Promise.resolve().then(() => this.review());
  }

  async #run(ip: string): Promise<void> {
    await Promise.all([this.#monitor(ip), this.#lookWhenWoken(ip)]);
  }

  /** Keeps one `ip monitor` alive. */
  async #monitor(ip: string): Promise<void> {
    const { clock } = this.#options;
    const stop = this.#stop.signal;
    for (let waitMs = RESTART_MS_MIN; !stop.aborted;) {
      const startedMs = clock.nowMs();
      // What changed while none was listening is seen now.
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

  #tell(up: boolean | undefined): void {
    if (this.#stop.signal.aborted || (this.#reported !== undefined && this.#reported.up === up)) {
      return;
    }
    this.#reported = { kind: "network_link", up };
    if (up === false) log.warning("no interface with carrier leads to the nodes");
    else if (up === true) log.info("an interface with carrier leads to the nodes");
    this.#options.onChange(this.#reported);
  }

  /** Once for each reason: what fails today may fail each minute. */
  #fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#reportedReasons.has(reason) || this.#reportedReasons.size >= REASONS_MAX) return;
    this.#reportedReasons.add(reason);
    log.warning("cannot ask ip: whether a cable is out is not known", { reason });
  }
}
