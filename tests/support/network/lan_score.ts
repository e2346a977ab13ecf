/** Plays an observer on its own network: what gateways, providers and nodes answer to probes. */

import type { ClusterInput } from "../../../core/detection/cluster_state.ts";
import type { Answer, ProbeResult, Reach, SendProbe } from "../../../core/network/probe.ts";
import {
  beats,
  birth,
  type ClusterScore,
  live,
  playCluster as playAny,
  type PlayedCluster,
} from "../detection/cluster_score.ts";
import type { Note } from "../detection/score.ts";

/** The observer of these tests. */
export const OWN = { bootId: "own-boot", ownNode: "hub-pi" };
const PROBE_TAKES_MS = 1500;

/** The state of the network for probes at an instant. */
export interface Lan {
  /** The gateway's answer; `undefined`: there is no gateway. */
  readonly gateway?: (atMs: number) => Answer;
  readonly provider?: (atMs: number) => Answer;
  readonly node?: (node: string, atMs: number) => Answer;
  /** The duration of an answer; 3 ms if absent. */
  readonly tookMs?: (atMs: number) => number;
  readonly nodeReach?: Reach;
}

/** An answer that proves the network. */
export const carries = (): Answer => "refused";
export const isMute = (): Answer => "no_answer";

function probeOf(lan: Lan): NonNullable<ClusterScore["probe"]> {
  const { gateway, provider, node = isMute, tookMs = () => 3, nodeReach = "on_link" } = lan;
  return ({ seq, nodes }: SendProbe, startedMs) => {
    const result = (
      target: ProbeResult["target"],
      reach: Reach,
      answer: Answer,
    ): ProbeResult => ({
      target,
      reach,
      device: "eth0",
      answer,
      tookMs: answer === "no_answer" ? PROBE_TAKES_MS : tookMs(startedMs),
    });
    const results = [
      ...gateway === undefined
        ? []
        : [result({ kind: "gateway", host: "192.0.2.1" }, "on_link", gateway(startedMs))],
      ...provider === undefined
        ? []
        : [result({ kind: "provider", host: "sms.example" }, "routed", provider(startedMs))],
      ...nodes.map(({ node: id }) =>
        result({ kind: "node", node: id }, nodeReach, node(id, startedMs))
      ),
    ];
    const tookMostMs = Math.max(0, ...results.map((one) => one.tookMs));
    return [startedMs + tookMostMs, { kind: "probed", seq, startedMs, results }];
  };
}

/** Plays inputs on this network. */
export function playCluster(
  { lan, ...score }: ClusterScore & { readonly lan: Lan },
): PlayedCluster {
  return playAny({ ...score, probe: probeOf(lan), options: { network: OWN, ...score.options } });
}

/** Three Pis with addresses that send heartbeats until an instant and again from another one. */
export function threePis(
  untilMs: number,
  fromMs = Infinity,
  endMs = 200_000,
): Note<ClusterInput>[] {
  return ["arya", "bran", "ned"].flatMap((id, index) => {
    const session = `${id}-a`;
    const offsetMs = 500 + index * 250;
    const born = birth(session, { facts: { addresses: [`192.0.2.${10 + index}`] } });
    const backMs = offsetMs + Math.ceil((fromMs - offsetMs) / 1000) * 1000;
    return [
      [100 + index, live(id, born)] as const,
      ...beats(id, { fromMs: offsetMs, toMs: untilMs, session }),
      ...fromMs === Infinity
        ? []
        : beats(id, { fromMs: backMs, toMs: endMs, session, seq: Math.ceil(fromMs / 1000) }),
    ];
  });
}

/** The link of the observer's own machine. */
export function ownLink(up: boolean | undefined): ClusterInput {
  return { kind: "network_link", up };
}
