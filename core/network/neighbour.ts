/** What the neighbour table of the link layer says about a host. */

import type { Answer } from "./probe.ts";
import type { Neighbour } from "./view.ts";

/** The entries of one host at the beginning and at the end of a probe. */
export interface NeighbourSpan {
  readonly before: readonly Neighbour[];
  readonly after: readonly Neighbour[];
}

/** The kernel asked for the host's MAC address and got no answer. */
const UNANSWERED = ["FAILED", "INCOMPLETE"];

/**
 * Combines the TCP answer of a host on the link with its neighbour entries from the beginning of
 * the probe and from `elapsedMs` later.
 *
 * - A firewall that refuses with ICMP looks to TCP like an absent host. The link layer shows the
 * difference.
 * - Ages of confirmations are whole seconds, rounded down. A confirmation counts only if it is
 * certainly younger than the probe, by its age or because the age became smaller.
 */
export function linkLayerAnswer(
  answer: Answer,
  { before, after }: NeighbourSpan,
  elapsedMs: number,
): Answer {
  if (answer === "answered" || answer === "refused" || after.length === 0) return answer;
  const isAway = after.every(({ states }) => states.some((state) => UNANSWERED.includes(state)));
  if (isAway) return "unreachable";
  if (answer === "unreachable") return "refused";
  const ageBeforeS = Math.min(...before.map(({ confirmedS }) => confirmedS ?? Infinity), Infinity);
  const isConfirmed = after.some(({ states, confirmedS = Infinity }) =>
    states.includes("REACHABLE") &&
    ((confirmedS + 1) * 1000 <= elapsedMs || (before.length > 0 && confirmedS < ageBeforeS))
  );
  return isConfirmed ? "neighbour" : "no_answer";
}

/**
 * Whether a MAC address is locally administered or belongs to a hypervisor's network. The host of
 * this virtual machine is behind such a gateway, so the gateway's answer proves no network.
 */
export function isVirtualLinkAddress(linkAddress: string): boolean {
  const octets = linkAddress.toLowerCase().split(":");
  const first = parseInt(octets[0] ?? "", 16);
  // IEEE 802: the bit 0x02 of the first octet marks a locally administered address.
  return (first & 0x02) !== 0 || HYPERVISORS.includes(octets.slice(0, 3).join(":"));
}

/** VMware, Hyper-V, Parallels, VirtualBox and Xen. */
const HYPERVISORS: readonly string[] = [
  "00:05:69",
  "00:0c:29",
  "00:50:56",
  "00:15:5d",
  "00:1c:42",
  "08:00:27",
  "00:16:3e",
];

/** The best answer among the addresses and ports of one target. */
export function bestAnswer(answers: readonly Answer[]): Answer {
  return ORDER.find((answer) => answers.includes(answer)) ?? "no_answer";
}

/**
 * From best to worst. One address without an answer prevents that a target counts as unreachable.
 */
const ORDER: readonly Answer[] = ["answered", "refused", "neighbour", "no_answer", "unreachable"];
