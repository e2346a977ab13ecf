/** What the link layer's table says of a host. */

import type { Answer } from "./probe.ts";
import type { Neighbour } from "./view.ts";

/** What the table said of one host at the beginning and at the end of a probe. */
export interface NeighbourSpan {
  readonly before: readonly Neighbour[];
  readonly after: readonly Neighbour[];
}

/** The kernel asked for the host's MAC address, and nobody answered. */
const UNANSWERED = ["FAILED", "INCOMPLETE"];

/**
 * What a host on the link answered, with the link layer's word beside that of TCP: what its table said
 * of the host when the probe began, and what it says `elapsedMs` later.
 *
 * - A firewall that refuses with ICMP looks to TCP like a host that is away: the link layer tells them
 *   apart.
 * - Ages of confirmations are whole seconds, rounded down: only one that is surely younger than the
 *   probe counts, by its age or because the age became less.
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
 * Whether a MAC address is one that software made up or that a hypervisor's own network uses: behind
 * such a gateway is the machine that this one is a guest of, and its answer proves no network.
 */
export function isVirtualLinkAddress(linkAddress: string): boolean {
  const octets = linkAddress.toLowerCase().split(":");
  const first = parseInt(octets[0] ?? "", 16);
  // IEEE 802: the bit 0x02 of the first octet marks an address that no manufacturer gave.
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

/** The best of what the addresses and ports of one target answered. */
export function bestAnswer(answers: readonly Answer[]): Answer {
  return ORDER.find((answer) => answers.includes(answer)) ?? "no_answer";
}

/** One address that merely stays silent keeps a target from being called unreachable. */
const ORDER: readonly Answer[] = ["answered", "refused", "neighbour", "no_answer", "unreachable"];
