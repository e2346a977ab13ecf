/** Asks gateways, landmarks, providers and nodes whether the network leads to them. */

import type { HostAndPort } from "../../core/network/host.ts";
import { bestAnswer } from "../../core/network/neighbour.ts";
import { type Knock, localResult, resultOf } from "../../core/network/outcome.ts";
import { defaultGateways } from "../../core/network/path.ts";
import type { Probed, ProbeTarget, SendProbe } from "../../core/network/probe.ts";
import { nodeAddresses, PROBE_NODES_MAX } from "../../core/network/target.ts";
import type { Neighbour } from "../../core/network/view.ts";
import { getLog } from "../log/log.ts";
import type { Clock } from "../time/clock.ts";
import { HostLookup } from "./host_lookup.ts";
import { knock } from "./knock.ts";
import type { LinkWatch } from "./link_watch.ts";
import { readNeighbours } from "./network_state.ts";

/** A host that does not answer gets this long: a lost SYN is sent again after 1 s. */
const KNOCK_MS = 1300;
/** Of that, a name server gets this much. */
const LOOKUP_MS = 500;
/** With the tables of the link layer a round takes no longer, unless this program does not run. */
const ROUND_MS_MAX = 2000;
const ROUNDS_MAX = 2;
/** What a router listens on, if only to refuse. */
const GATEWAY_PORTS = [53, 80, 443];
const LANDMARK_PORTS = [443, 80, 22, 53];
/** Every Pi has SSH, or refuses it. */
const NODE_PORTS = [22];

export interface ProberOptions {
  readonly clock: Clock;
  /** Without a port the usual ones are asked. */
  readonly landmarks: readonly HostAndPort[];
  /** Whoever takes this machine's messages. */
  readonly providers: readonly HostAndPort[];
  /** What is known of this machine's own network. */
  readonly network: Pick<LinkWatch, "view" | "ip" | "ready">;
  /** Told the results of each probe, in the order of the requests. */
  readonly onProbed: (probed: Probed) => void;
}

interface Probing {
  readonly target: ProbeTarget;
  /** `local`: nobody was asked. */
  readonly knocks: readonly Knock[] | "local";
}

const log = getLog("network");

/** One round at a time; of requests that come meanwhile the newest is next, and the others are not. */
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

  /** Asks, and tells `onProbed` within about 1.5 s. */
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
      const probed = await this.#ask(request);
      if (!this.#stop.signal.aborted) this.#options.onProbed(probed);
    }
    this.#running = false;
  }

  /** A round in which this program itself hardly ran proves nothing, and is asked again. */
  async #ask(request: SendProbe): Promise<Probed> {
    const { clock } = this.#options;
    for (let round = 1;; round++) {
      const probed = await this.#askOnce(request);
      const isLate = clock.nowMs() - probed.startedMs > ROUND_MS_MAX;
      if (!isLate || round === ROUNDS_MAX || this.#stop.signal.aborted) return probed;
    }
  }

  async #askOnce({ seq, nodes }: SendProbe): Promise<Probed> {
    const { clock, landmarks, providers, network } = this.#options;
    // Before the first look at the routes no gateway is known.
    await network.ready;
    const { view } = network;
    const startedMs = clock.nowMs();
    const round = new AbortController();
    using _end = clock.callAt(startedMs + KNOCK_MS, () => round.abort());
    const stop = AbortSignal.any([round.signal, this.#stop.signal]);
    const gateways = defaultGateways(view);
    const neighboursBefore = this.#neighbours();
    const asked = await Promise.all([
      ...gateways.map((host) => ask({ kind: "gateway", host }, [host], GATEWAY_PORTS, stop)),
      ...landmarks.map((one) => this.#askHost("landmark", one, stop)),
      ...providers.map((one) => this.#askHost("provider", one, stop)),
      ...nodes.slice(0, PROBE_NODES_MAX).map((node) => {
        const addresses = nodeAddresses(view, node, gateways);
        return ask({ kind: "node", node: node.node }, addresses, NODE_PORTS, stop);
      }),
    ]);
    const neighbours = { before: await neighboursBefore, after: await this.#neighbours() };
    const surroundings = { view, neighbours, elapsedMs: clock.nowMs() - startedMs };
    const results = asked.map(({ target, knocks }) =>
      knocks === "local" ? localResult(target) : resultOf(target, knocks, surroundings)
    );
    return { kind: "probed", seq, startedMs, results };
  }

  async #askHost(
    kind: "landmark" | "provider",
    { hostname, port }: HostAndPort,
    stop: AbortSignal,
  ): Promise<Probing> {
    const addresses = await this.#lookup.addressesOf(hostname, LOOKUP_MS, stop);
    const ports = port === undefined ? LANDMARK_PORTS : [port];
    return await ask({ kind, host: hostname }, addresses, ports, stop);
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

/** Knocks at all addresses of a target at once. */
async function ask(
  target: ProbeTarget,
  addresses: readonly string[] | "local",
  ports: readonly number[],
  stop: AbortSignal,
): Promise<Probing> {
  if (addresses === "local") return { target, knocks: addresses };
  return {
    target,
    knocks: await Promise.all(addresses.map((address) => knockAt(address, ports, stop))),
  };
}

/** All ports at once; the first that accepts or refuses ends the others. */
async function knockAt(
  address: string,
  ports: readonly number[],
  stop: AbortSignal,
): Promise<Knock> {
  const enough = new AbortController();
  const signal = AbortSignal.any([stop, enough.signal]);
  const startedMs = performance.now();
  let tookMs: number | undefined;
  const answers = await Promise.all(ports.map(async (port) => {
    const answer = await knock(address, port, signal);
    if (answer === "answered" || answer === "refused") {
      tookMs ??= performance.now() - startedMs;
      enough.abort();
    }
    return answer;
  }));
  const answer = bestAnswer(answers);
  return { address, answer, tookMs: tookMs ?? performance.now() - startedMs };
}
