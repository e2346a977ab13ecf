/**
 * What proves the network to a silent node.
 *
 * The echo proves the path to the broker. If the broker runs on the observer's own machine, the
 * echo crosses no network, and the reboot of a router looks like the death of every node. Then
 * something else must have crossed the network during the whole silence: a node on another machine
 * that was never late, or a landmark that answers at once.
 */

import { landmarkKey, type NetworkState, type Place } from "./network_state.ts";
import type { Answer, BrokerPath, ProbeResult } from "./probe.ts";

/**
 * - `proven`: the network works, so the node itself is silent.
 * - `refuted`: hosts that usually answer do not answer now, so the observer's network is out.
 * - `recovering`: the network was out a moment ago, and TCP delivers the delayed messages only
 * later.
 * - `open`: answers are still pending, or more time will decide.
 * - `none`: nothing can prove the network, so the silence counts.
 */
export type NetworkProof = "proven" | "refuted" | "recovering" | "open" | "none";

/** A silence that needs a proof. */
export interface Silence {
  readonly node: string;
  /** Facts from before this instant prove nothing about the silence. */
  readonly fromMs: number;
  /** How long the verdict has been due. */
  readonly dueForMs: number;
  /**
   * `steady`: some other nodes were never late since the silence began. `late`: all nodes that are
   * heard were late.
   */
  readonly neighbours: "steady" | "late" | "none";
  /**
   * The paths of the echoes that came back since; `undefined` for a path that is not known. Absent:
   * the path to the only broker.
   */
  readonly echoes?: readonly (BrokerPath | undefined)[];
}

/**
 * ARP or NDP still confirm a gateway that drops every connection, but the kernel asks for that only
 * some seconds after the first packet. TCP retransmits what a short outage lost within this time.
 * No verdict waits longer.
 */
const OPEN_MS_MAX = 12_000;
/** TCP retransmits a lost first packet after one second. */
const QUICK_MS = 900;

/** The proof for a node whose verdict is due, right after the echo came back. */
export function networkProof(network: NetworkState, silence: Silence): NetworkProof {
  const { node, neighbours, dueForMs, echoes = [network.broker] } = silence;
  const place = placeOf(network, node);
  if (neighbours === "steady" || isEchoProof(echoes, place)) return "proven";
  if (network.linkUp === false) return "refuted";
  const proof = landmarkProof(network, silence, place);
  if (dueForMs >= OPEN_MS_MAX) return proof === "open" ? "none" : proof;
  return proof === "none" && neighbours === "late" ? "open" : proof;
}

/**
 * The proofs for all nodes whose verdicts are due at one time. Thousands of them may be in one place
 * and then have one proof.
 */
export class NetworkProofs {
  readonly #network: NetworkState;
  readonly #found = new Map<string, NetworkProof>();

  constructor(network: NetworkState) {
    this.#network = network;
  }

  of(silence: Silence): NetworkProof {
    const { node, neighbours, dueForMs, echoes = [] } = silence;
    const { reach, device } = placeOf(this.#network, node) ?? {};
    const hasAnswers = isAnswered(this.#network, silence);
    const paths = echoes.map((path) => `${path?.reach} ${path?.device}`).join();
    const isLate = dueForMs >= OPEN_MS_MAX;
    const key = [neighbours, reach, device, hasAnswers, isLate, paths].join(" ");
    const found = this.#found.get(key) ?? networkProof(this.#network, silence);
    this.#found.set(key, found);
    return found;
  }
}

/** Whether a probe was answered that began after the silence. */
function isAnswered({ answers }: NetworkState, { fromMs }: Pick<Silence, "fromMs">): boolean {
  return answers !== undefined && answers.startedMs >= fromMs;
}

function landmarkProof(
  network: NetworkState,
  { fromMs, dueForMs }: Silence,
  place: Place | undefined,
): NetworkProof {
  const { answers } = network;
  if (answers === undefined || answers.startedMs < fromMs) return "open";
  const witnesses = answers.results.filter((result) => provesPathTo(result, place));
  const positive = witnesses.filter(isPositive);
  if (positive.some(isQuick)) return "proven";
  if (positive.length > 0) return "recovering";
  const isUnclear = witnesses.some((one) => isUndecided(network, one));
  if (isUnclear && dueForMs < OPEN_MS_MAX) return "open";
  // An absent gateway, such as one of IPv6 only, has no meaning while another gateway may be there.
  const gateways = answers.results.filter(({ target }) => target.kind === "gateway");
  const isCutOff = gateways.every((one) => isNegative(network, one));
  const against = witnesses.filter(({ target }) => target.kind !== "gateway" || isCutOff);
  return against.some((one) => isNegative(network, one)) ? "refuted" : "none";
}

/**
 * The nodes of a cluster are usually in one place, so an unprobed node gets the place of another.
 */
function placeOf({ places }: NetworkState, node: string): Place | undefined {
  const [anyPlace] = places.values();
  return places.get(node) ?? anyPlace;
}

/**
 * Whether the node's own machine answered since the silence began. Then only its agent is silent.
 */
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

/** Whether any landmark or node proves that the network works. */
export function isNetworkProven({ answers, places }: NetworkState): boolean {
  const positive = answers?.results.filter(isPositive) ?? [];
  if (places.size === 0) return positive.some((result) => provesPathTo(result, undefined));
  const known = [...places.values()];
  return positive.some((result) => known.some((place) => provesPathTo(result, place)));
}

/** An echo came back through the network that leads to the node. */
function isEchoProof(
  echoes: readonly (BrokerPath | undefined)[],
  place: Place | undefined,
): boolean {
  return echoes.some((path) => path === undefined || provesPathTo(path, place));
}

/**
 * Whether an answer from `landmark` proves anything about the path to a node. This machine and
 * other interfaces prove nothing. A host on the first hop, such as the bridge of a container,
 * proves nothing about the network behind it.
 */
export function provesPathTo(landmark: Place, node: Place | undefined): boolean {
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

/**
 * The link layer always confirms late, because the kernel asks late, so such a probe takes its full
 * time.
 */
function isQuick({ answer, tookMs }: ProbeResult): boolean {
  return answer === "neighbour" || tookMs < QUICK_MS;
}

/** The target's answer disproves the network. A node never does, because it may be dead. */
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
