/**
 * Faults of the observer's own network. The broker runs beside the observer. During a fault no
 * message of a node reaches the broker, and no landmark answers.
 */

import type { ClusterInput } from "../../core/detection/cluster_state.ts";
import type { Answer, Probed, ProbeResult, SendProbe } from "../../core/network/probe.ts";
import type { Span } from "./link.ts";
import { type Death, OFF_S } from "./power_cut.ts";
import { RandomStream } from "./random_stream.ts";

/** One kind of fault. */
export interface OwnFaults {
  readonly perDay: number;
  /** Their length is log-uniformly distributed between these. */
  readonly fromS: number;
  readonly toS: number;
  /** The interface loses its carrier this long after the beginning. Absent: never. */
  readonly carrierLostAfterS?: number;
  /** Each node is back up to this much later than the gateway, because Wi-Fi is slow. */
  readonly nodesLaterS: number;
}

export interface OwnFault extends Span {
  /** Without carrier from this instant on; `Infinity`: never. */
  readonly carrierLostS: number;
}

/** The minimum time between two faults. */
const APART_S = 300;
/** The time of an answer of the gateway, and the time limit for a TCP answer. */
const ANSWER_S = 0.003;
const PATIENCE_S = 1.35;
/** The kernel trusts its entry of a silent neighbour for this long, and sends no ARP request. */
const ARP_BELIEVED_S = 30;
const GATEWAY = { kind: "gateway", host: "192.168.1.1" } as const;
const DEVICE = "eth0";

/** The faults of a day. */
export function ownFaultsOf(
  faults: OwnFaults | undefined,
  name: string,
  untilS: number,
): readonly OwnFault[] {
  if (faults === undefined) return [];
  const { perDay, fromS, toS, carrierLostAfterS = Infinity } = faults;
  const random = new RandomStream(`${name}/own`);
  let freeS = APART_S;
  return random.instants(perDay, untilS - 2 * APART_S).flatMap((beginS) => {
    const lastsS = fromS * Math.pow(toS / fromS, random.next());
    if (beginS < freeS) return [];
    freeS = beginS + lastsS + APART_S;
    return [{ fromS: beginS, toS: beginS + lastsS, carrierLostS: beginS + carrierLostAfterS }];
  });
}

/** When the faults lose a node's messages. */
export function outagesOf(
  ownFaults: readonly OwnFault[],
  nodesLaterS: number,
  name: string,
): readonly Span[] {
  const random = new RandomStream(`${name}/own`);
  return ownFaults.map(({ fromS, toS }) => ({ fromS, toS: toS + random.uniform(0, nodesLaterS) }));
}

/** The link watch's inputs about the faults, and their instants. */
export function linkInputsOf(
  ownFaults: readonly OwnFault[],
): readonly { readonly atS: number; readonly input: ClusterInput }[] {
  const link = (up: boolean): ClusterInput => ({ kind: "network_link", up });
  return [
    { atS: 0, input: link(true) },
    ...ownFaults.filter(({ carrierLostS, toS }) => carrierLostS < toS).flatMap((
      { carrierLostS, toS },
    ) => [{ atS: carrierLostS, input: link(false) }, { atS: toS, input: link(true) }]),
  ];
}

/** The facts that decide which landmarks answer a probe. */
export interface ProbeWorld {
  readonly ownFaults: readonly OwnFault[];
  readonly deaths: readonly Death[];
  readonly hasGateway: boolean;
}

/** The answers to a probe that is sent at an instant, and when they arrive. */
export function answerProbe(
  { seq, nodes }: SendProbe,
  atS: number,
  { ownFaults, deaths, hasGateway }: ProbeWorld,
): { readonly atS: number; readonly probed: Probed } {
  const fault = ownFaults.find(({ fromS, toS }) => fromS <= atS && atS < toS);
  const lost: Answer = fault === undefined || atS - fault.fromS < ARP_BELIEVED_S
    ? "no_answer"
    : "unreachable";
  const isDead = (node: number) =>
    deaths.some((death) => death.node === node && death.atS <= atS && atS < death.atS + OFF_S);
  const result = (target: ProbeResult["target"], isThere: boolean): ProbeResult => ({
    target,
    reach: "on_link",
    device: DEVICE,
    answer: isThere ? "refused" : lost,
    tookMs: 1000 * (isThere ? ANSWER_S : PATIENCE_S),
  });
  const results = [
    ...hasGateway ? [result(GATEWAY, fault === undefined)] : [],
    ...nodes.map(({ node }) =>
      result(
        { kind: "node", node },
        fault === undefined && !isDead(Number(node.slice("pi-".length))),
      )
    ),
  ];
  const tookS = results.some(({ tookMs }) => tookMs > 1000) ? PATIENCE_S : ANSWER_S;
  return { atS: atS + tookS, probed: { kind: "probed", seq, startedMs: atS * 1000, results } };
}
