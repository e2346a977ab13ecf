/**
 * What proves the network to a silent node.
 *
 * The echo proves the path to the broker. Where the broker runs on the observer's own machine, the echo
 * crosses no network, and a router that reboots looks like the death of every node. Then something else
 * must have crossed the network all through the silence: a node on another machine that was never late,
 * or a landmark that answers at once.
 */

import { landmarkKey, type NetworkState, type Place } from "./network_state.ts";
import type { Answer, ProbeResult } from "./probe.ts";

/**
 * - `proven`: the network carries, so the silence is the node's own.
 * - `refuted`: what answers otherwise does not answer now: the observer's network is out.
 * - `recovering`: it was out a moment ago: TCP brings what nodes said meanwhile only after a while.
 * - `open`: the answers are under way, or more time will tell.
 * - `none`: nothing can vouch for the network, so the silence counts as it is.
 */
export type NetworkProof = "proven" | "refuted" | "recovering" | "open" | "none";

/** A silence that wants a proof. */
export interface Silence {
  readonly node: string;
  /** Nothing from before this instant says anything about it. */
  readonly fromMs: number;
  /** For how long the verdict has been due. */
  readonly dueForMs: number;
  /** What the other nodes say: some were never late since it began, or all that are heard were. */
  readonly neighbours: "steady" | "late" | "none";
}

/**
 * A gateway that drops every connection is still confirmed by ARP or NDP, but the kernel asks for that
 * only some seconds after the first packet; and TCP repeats what a short outage swallowed within this
 * time. No verdict waits longer.
 */
const OPEN_MS_MAX = 12_000;
/** TCP repeats a lost first packet after one second. */
const QUICK_MS = 900;

/** The proof for a node whose verdict is due, when the echo is just back. */
export function networkProof(network: NetworkState, silence: Silence): NetworkProof {
  const { node, neighbours, dueForMs } = silence;
  const place = placeOf(network, node);
  if (neighbours === "steady" || isEchoProof(network, place)) return "proven";
  if (network.linkUp === false) return "refuted";
  const proof = landmarkProof(network, silence, place);
  if (dueForMs >= OPEN_MS_MAX) return proof === "open" ? "none" : proof;
  return proof === "none" && neighbours === "late" ? "open" : proof;
}

function landmarkProof(
  network: NetworkState,
  { fromMs, dueForMs }: Silence,
  place: Place | undefined,
): NetworkProof {
  const { answers } = network;
  if (answers === undefined || answers.startedMs < fromMs) return "open";
  const witnesses = answers.results.filter((result) => vouchesFor(result, place));
  const positive = witnesses.filter(isPositive);
  if (positive.some(isQuick)) return "proven";
  if (positive.length > 0) return "recovering";
  const isUnclear = witnesses.some((one) => isUndecided(network, one));
  if (isUnclear && dueForMs < OPEN_MS_MAX) return "open";
  // A gateway that is away, as one of IPv6 alone, is no news while another one may be there.
  const gateways = answers.results.filter(({ target }) => target.kind === "gateway");
  const isCutOff = gateways.every((one) => isNegative(network, one));
  const against = witnesses.filter(({ target }) => target.kind !== "gateway" || isCutOff);
  return against.some((one) => isNegative(network, one)) ? "refuted" : "none";
}

/** The nodes of a cluster mostly stand together: one that was not asked yet is where the others are. */
function placeOf({ places }: NetworkState, node: string): Place | undefined {
  const [anyPlace] = places.values();
  return places.get(node) ?? anyPlace;
}

/** Whether the node's own machine answered since the silence began: only its agent is silent. */
export function machineAnswers(
  { answers }: NetworkState,
  { node, fromMs }: Pick<Silence, "node" | "fromMs">,
): boolean {
  if (answers === undefined || answers.startedMs < fromMs) return false;
  return answers.results.some(({ target, answer }) =>
    target.kind === "node" && target.node === node &&
    (answer === "answered" || answer === "refused")
  );
}

/** Whether any landmark or node says that the network carries. */
export function isNetworkProven({ answers, places }: NetworkState): boolean {
  const positive = answers?.results.filter(isPositive) ?? [];
  if (places.size === 0) return positive.some((result) => vouchesFor(result, undefined));
  const known = [...places.values()];
  return positive.some((result) => known.some((place) => vouchesFor(result, place)));
}

/** The echo came back through the network that leads to the node. */
function isEchoProof({ broker }: NetworkState, place: Place | undefined): boolean {
  return broker === undefined || vouchesFor(broker, place);
}

/**
 * Whether an answer from `landmark` says something about the path to a node. This machine says nothing,
 * and neither does another interface. What stands on the first hop, such as the bridge that a container
 * hangs on, says nothing about what is beyond it.
 */
export function vouchesFor(landmark: Place, node: Place | undefined): boolean {
  if (landmark.reach === "local") return false;
  if (node === undefined || node.reach === "unknown" || landmark.reach === "unknown") return true;
  const isSameWay = landmark.device === undefined || node.device === undefined ||
    landmark.device === node.device;
  return isSameWay && (landmark.reach === "routed" || node.reach === "on_link");
}

const POSITIVE: readonly Answer[] = ["answered", "refused", "neighbour"];

function isPositive({ answer }: ProbeResult): boolean {
  return POSITIVE.includes(answer);
}

/** The link layer always confirms late, for the kernel asks late: such a probe took its whole time. */
function isQuick({ answer, tookMs }: ProbeResult): boolean {
  return answer === "neighbour" || tookMs < QUICK_MS;
}

/** A node may be dead, so that it does not answer says nothing about the network. */
function isNegative({ reliable }: NetworkState, result: ProbeResult): boolean {
  const key = landmarkKey(result);
  if (key === undefined) return false;
  return result.answer === "unreachable" || (result.answer === "no_answer" && reliable.has(key));
}

/** A gateway that never answered: the link layer may still find it, or find that it is gone. */
function isUndecided({ reliable }: NetworkState, result: ProbeResult): boolean {
  const { target, answer } = result;
  return target.kind === "gateway" && answer === "no_answer" &&
    !reliable.has(landmarkKey(result) ?? "");
}
