/** Probes gateways, landmarks, providers and nodes to see whether the network leads to them. */

import type { HostAndPort } from "../../core/network/host.ts";
import { bestAnswer } from "../../core/network/neighbour.ts";
import { type ConnectionAttempt, localResult, resultOf } from "../../core/network/outcome.ts";
import { defaultGateways } from "../../core/network/path.ts";
import type { Probed, ProbeTarget, SendProbe } from "../../core/network/probe.ts";
import { nodeAddresses, PROBE_NODES_MAX } from "../../core/network/target.ts";
import type { Neighbour } from "../../core/network/view.ts";
import { getLog } from "../log/log.ts";
import type { Clock } from "../time/clock.ts";
import { HostLookup } from "./host_lookup.ts";
import { probeTcp } from "./tcp_probe.ts";
import type { LinkWatch } from "./link_watch.ts";
import { readNeighbours } from "./network_state.ts";

/** The time limit for a host's answer: TCP repeats a lost SYN after 1 s. */
const PROBE_MS = 1300;
/** The part of that time that a name lookup may take. */
const LOOKUP_MS = 500;
/**
 * A round, including the link layer's tables, takes no longer than this unless this program is
 * stalled.
 */
const ROUND_MS_MAX = 2000;
const ROUNDS_MAX = 2;
/** Routers usually accept or refuse connections on these ports. */
const GATEWAY_PORTS = [53, 80, 443];
const LANDMARK_PORTS = [443, 80, 22, 53];
/** Every Pi either has SSH or refuses it. */
const NODE_PORTS = [22];

export interface ProberOptions {
  readonly clock: Clock;
  /** A landmark without a port is probed on the usual ports. */
  readonly landmarks: readonly HostAndPort[];
  /** The providers of this machine's messages. */
  readonly providers: readonly HostAndPort[];
  /** The state of this machine's own network. */
  readonly network: Pick<LinkWatch, "view" | "ip" | "ready">;
  /** Called with the results of each probe, in the order of the requests. */
  readonly onProbed: (probed: Probed) => void;
}

interface Probing {
  readonly target: ProbeTarget;
  /** `local`: the target is this machine, so it was not probed. */
  readonly attempts: readonly ConnectionAttempt[] | "local";
}

const log = getLog("network");

/**
 * Runs one round at a time. Of the requests that arrive during a round only the newest runs next.
 */
export class Prober implements Disposable {
  readonly #options: ProberOptions;
  readonly #lookup: HostLookup;
  readonly #stop = new AbortController();
  #running = false;
  #next: SendProbe | undefined;
  #hasFailed = false;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#lookup = new HostLookup(options.clock);
  }

  /** Probes, and calls `onProbed` within about 1.5 s. */
  probe(request: SendProbe): void {
    this.#next = request;
    if (!this.#running) void this.#run();
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    this.#next = undefined;
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (;;) {
      const request = this.#next;
      this.#next = undefined;
      if (request === undefined || this.#stop.signal.aborted) break;
      const probed = await this.#probeRound(request);
      if (!this.#stop.signal.aborted) this.#options.onProbed(probed);
    }
    this.#running = false;
  }

  /** Repeats a round in which this program itself hardly ran, because it proves nothing. */
  async #probeRound(request: SendProbe): Promise<Probed> {
    const { clock } = this.#options;
    for (let round = 1;; round++) {
      const probed = await this.#probeOnce(request);
      const isLate = clock.nowMs() - probed.startedMs > ROUND_MS_MAX;
      if (!isLate || round === ROUNDS_MAX || this.#stop.signal.aborted) return probed;
    }
  }

  async #probeOnce({ seq, nodes }: SendProbe): Promise<Probed> {
    const { clock, landmarks, providers, network } = this.#options;
    // No gateway is known before the routes were read once.
    await network.ready;
    const { view } = network;
    const startedMs = clock.nowMs();
    const round = new AbortController();
    using _end = clock.callAt(startedMs + PROBE_MS, () => round.abort());
    const stop = AbortSignal.any([round.signal, this.#stop.signal]);
    const gateways = defaultGateways(view);
    const neighboursBefore = this.#neighbours();
    const probings = await Promise.all([
      ...gateways.map((host) =>
        probeTarget({ kind: "gateway", host }, [host], GATEWAY_PORTS, stop)
      ),
      ...landmarks.map((one) => this.#probeHost("landmark", one, stop)),
      ...providers.map((one) => this.#probeHost("provider", one, stop)),
      ...nodes.slice(0, PROBE_NODES_MAX).map((node) => {
        const addresses = nodeAddresses(view, node, gateways);
        return probeTarget({ kind: "node", node: node.node }, addresses, NODE_PORTS, stop);
      }),
    ]);
    const neighbours = { before: await neighboursBefore, after: await this.#neighbours() };
    const context = { view, neighbours, elapsedMs: clock.nowMs() - startedMs };
    const results = probings.map(({ target, attempts }) =>
      attempts === "local" ? localResult(target) : resultOf(target, attempts, context)
    );
    return { kind: "probed", seq, startedMs, results };
  }

  async #probeHost(
    kind: "landmark" | "provider",
    { hostname, port }: HostAndPort,
    stop: AbortSignal,
  ): Promise<Probing> {
    const addresses = await this.#lookup.addressesOf(hostname, LOOKUP_MS, stop);
    const ports = port === undefined ? LANDMARK_PORTS : [port];
    return await probeTarget({ kind, host: hostname }, addresses, ports, stop);
  }

  async #neighbours(): Promise<readonly Neighbour[]> {
    const { ip } = this.#options.network;
    if (ip === undefined) return [];
    try {
      return await readNeighbours(ip);
    } catch (error) {
      if (!this.#hasFailed) log.warning("cannot read the neighbours", { reason: String(error) });
      this.#hasFailed = true;
      return [];
    }
  }
}

/** Probes all addresses of a target at once. */
async function probeTarget(
  target: ProbeTarget,
  addresses: readonly string[] | "local",
  ports: readonly number[],
  stop: AbortSignal,
): Promise<Probing> {
  if (addresses === "local") return { target, attempts: addresses };
  return {
    target,
    attempts: await Promise.all(addresses.map((address) => probeAddress(address, ports, stop))),
  };
}

/** Probes all ports at once. The first one that accepts or refuses ends the others. */
async function probeAddress(
  address: string,
  ports: readonly number[],
  stop: AbortSignal,
): Promise<ConnectionAttempt> {
  const enough = new AbortController();
  const signal = AbortSignal.any([stop, enough.signal]);
  const startedMs = performance.now();
  let tookMs: number | undefined;
  const answers = await Promise.all(ports.map(async (port) => {
    const answer = await probeTcp(address, port, signal);
    if (answer === "answered" || answer === "refused") {
      tookMs ??= performance.now() - startedMs;
      enough.abort();
    }
    return answer;
  }));
  const answer = bestAnswer(answers);
  return { address, answer, tookMs: tookMs ?? performance.now() - startedMs };
}
