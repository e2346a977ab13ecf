/** Watches and probes an observer's own network. */

import type { HostAndPort } from "../../core/network/host.ts";
import { brokerPath } from "../../core/network/path.ts";
import type {
  BrokerPath,
  NetworkLinkInput,
  Probed,
  ProbeNode,
  SendProbe,
} from "../../core/network/probe.ts";
import type { Clock } from "../time/clock.ts";
import { LinkWatch } from "./link_watch.ts";
import { Prober } from "./prober.ts";

/** The delay after a node announces its address, before the link to the nodes is checked again. */
const REVIEW_AFTER_MS = 1000;

export interface OwnNetworkOptions {
  readonly clock: Clock;
  readonly landmarks: readonly HostAndPort[];
  /** The providers of this machine's messages. */
  readonly providers: readonly HostAndPort[];
  readonly inbox: { put(input: NetworkLinkInput | Probed): void };
  /** The watched nodes with the addresses that they announced. */
  readonly nodes: () => readonly ProbeNode[];
}

/** Watches and probes until it is disposed. Never throws. */
export class OwnNetwork implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #links: LinkWatch;
  readonly #prober: Prober;
  #review: Disposable | undefined;

  constructor({ clock, landmarks, providers, inbox, nodes }: OwnNetworkOptions) {
    this.#clock = clock;
    this.#links = new LinkWatch({ clock, nodes, onChange: (link) => inbox.put(link) });
    const onProbed = (probed: Probed) => inbox.put(probed);
    this.#prober = new Prober({ clock, landmarks, providers, network: this.#links, onProbed });
  }

  /** Puts the results into the inbox. */
  probe(request: SendProbe): void {
    this.#prober.probe(request);
  }

  /**
   * A node has announced its address. Thousands of them may do so at once, so one check covers all.
   */
  nodesChanged(): void {
    this.#review ??= this.#clock.callAt(this.#clock.nowMs() + REVIEW_AFTER_MS, () => {
      this.#review = undefined;
      this.#links.review();
    });
  }

  /** Returns the path of a connection between these two addresses, which a live connection has. */
  pathOf({ remoteAddress, localAddress }: {
    readonly remoteAddress: string | undefined;
    readonly localAddress: string | undefined;
  }): BrokerPath {
    if (remoteAddress === undefined || localAddress === undefined) return { reach: "unknown" };
    return brokerPath(this.#links.view, { remote: remoteAddress, local: localAddress });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#review?.[Symbol.dispose]();
    this.#prober[Symbol.dispose]();
    await this.#links[Symbol.asyncDispose]();
  }
}
