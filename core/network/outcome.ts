/** What the connection attempts to one target prove. */

import { parseIp, sameIp } from "./address.ts";
import {
  bestAnswer,
  isVirtualLinkAddress,
  linkLayerAnswer,
  type NeighbourSpan,
} from "./neighbour.ts";
import { pathTo } from "./path.ts";
import type { Answer, ProbeResult, ProbeTarget } from "./probe.ts";
import type { Neighbour, NetworkView } from "./view.ts";

/** One address of a target, and the best answer of its ports. */
export interface ConnectionAttempt {
  readonly address: string;
  readonly answer: Answer;
  /** The duration in milliseconds. */
  readonly tookMs: number;
}

/** The state of the network during a probe. */
export interface ProbeContext {
  readonly view: NetworkView;
  readonly neighbours: NeighbourSpan;
  /** Milliseconds since the probe began. */
  readonly elapsedMs: number;
}

/**
 * The result of one target: that of the address that proves most. If a gateway answers with an
 * address of a hypervisor or a container bridge, it is the host of this virtual machine, and counts
 * as `local`.
 */
export function resultOf(
  target: ProbeTarget,
  attempts: readonly ConnectionAttempt[],
  context: ProbeContext,
): ProbeResult {
  const outcomes = attempts.flatMap((attempt) => outcomeOf(attempt, context) ?? []);
  const answer = bestAnswer(outcomes.map((outcome) => outcome.answer));
  const best = outcomes.find((outcome) => outcome.answer === answer);
  if (best === undefined) {
    return { target, reach: "unknown", device: undefined, answer, tookMs: context.elapsedMs };
  }
  const { reach, device, tookMs, isVirtual } = best;
  const isOwnHost = target.kind === "gateway" && isVirtual && isProof(answer);
  return { target, reach: isOwnHost ? "local" : reach, device, answer, tookMs };
}

/** A node on this machine is not probed, because its answer would prove nothing. */
export function localResult(target: ProbeTarget): ProbeResult {
  return { target, reach: "local", device: undefined, answer: "no_answer", tookMs: 0 };
}

/** Whether an answer came through the network. */
function isProof(answer: Answer): boolean {
  return answer === "answered" || answer === "refused" || answer === "neighbour";
}

function outcomeOf(
  { address: text, answer, tookMs }: ConnectionAttempt,
  { view, neighbours, elapsedMs }: ProbeContext,
): Omit<ProbeResult, "target"> & { readonly isVirtual: boolean } | undefined {
  const address = parseIp(text);
  if (address === undefined) return undefined;
  const path = pathTo(view, address);
  const ofHost = (all: readonly Neighbour[]) => all.filter((one) => sameIp(one.address, address));
  const found = { before: ofHost(neighbours.before), after: ofHost(neighbours.after) };
  const isVirtual = found.after.some(({ linkAddress }) =>
    linkAddress !== undefined && isVirtualLinkAddress(linkAddress)
  );
  const heard = path.reach === "on_link" ? linkLayerAnswer(answer, found, elapsedMs) : answer;
  return { ...path, answer: heard, tookMs, isVirtual };
}
