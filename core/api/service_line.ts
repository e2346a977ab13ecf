/** How agent, tracker and hub are, in one line for `systemctl status`. */

import { BLINDNESS_TEXTS } from "../alerting/message/cause_text.ts";
import type { Blindness } from "../detection/blindness.ts";
import type { Liveness } from "../detection/liveness.ts";

export interface AgentFacts {
  /** `hub.local:1883`. */
  readonly broker: string;
  readonly isConnected: boolean;
  /** Why the last attempt to connect failed, or the last connection ended. */
  readonly fault: string | undefined;
}

/** `up, broker hub.local:1883`, with a part for each broker. */
export function agentLine(brokers: readonly AgentFacts[]): string {
  const up = brokers.filter(({ isConnected }) => isConnected);
  const down = brokers.filter(({ isConnected }) => !isConnected);
  if (up.length === 0 && down.every(({ fault }) => fault === undefined)) {
    return `connecting to ${down.map(({ broker }) => broker).join(" and ")}`;
  }
  return [
    "up",
    ...up.length > 0 ? [`broker ${up.map(({ broker }) => broker).join(" and ")}`] : [],
    ...down.map(({ broker, fault }) =>
      fault === undefined ? `connecting to ${broker}` : `no broker at ${broker}: ${fault}`
    ),
  ].join(", ");
}

/** The part of an observer's state that the line tells. */
export interface ObserverFacts {
  readonly blind: boolean;
  /** It has a connection to the broker. */
  readonly linkUp: boolean;
  /** `undefined` at the start of a run. */
  readonly blindReason: Blindness | undefined;
  readonly nodes: ReadonlyMap<string, { readonly liveness: Liveness }>;
  /** One for each broker. Absent: there is only one. */
  readonly links?: readonly { readonly index: number; readonly sees: boolean }[];
}

/** `without broker attic.lan:1883`, for each broker that an observer with several does not see. */
export function missingBrokers(
  { blind, links = [] }: Pick<ObserverFacts, "blind" | "links">,
  names: readonly string[],
): readonly string[] {
  if (blind) return [];
  return links.filter(({ sees }) => !sees).map(({ index }) => `without broker ${names[index]}`);
}

/** `up, 6 Pis watched, 1 down`, and what else is to be told. */
export function observerLine(
  { blind, linkUp, nodes, ...state }: ObserverFacts,
  ...more: readonly string[]
): string {
  const { blindReason = linkUp ? "starting" : "no_connection" } = state;
  if (blind) {
    return [`does not see the cluster: ${BLINDNESS_TEXTS[blindReason]}`, ...more].join(", ");
  }
  const counts = { dead: 0, suspect: 0, unknown: 0, alive: 0, left: 0 };
  for (const { liveness } of nodes.values()) counts[liveness]++;
  const watched = nodes.size === 1 ? "1 Pi watched" : `${nodes.size} Pis watched`;
  return [
    `up, ${nodes.size === 0 ? "no Pi has reported yet" : watched}`,
    ...counts.dead > 0 ? [`${counts.dead} down`] : [],
    ...counts.suspect > 0 ? [`${counts.suspect} late`] : [],
    ...more,
  ].join(", ");
}

/** The last message that a provider took, and when, as people read it. */
export interface LastMessage {
  readonly channel: string;
  readonly state: "accepted" | "delivered";
  readonly time: string;
}

/** `last SMS delivered 02:14`; `no message sent yet`. */
export function lastMessageText(last: LastMessage | undefined): string {
  if (last === undefined) return "no message sent yet";
  const what = last.channel === "twilio" || last.channel === "print" ? "SMS" : "message";
  return `last ${what} ${last.state === "delivered" ? "delivered" : "sent"} ${last.time}`;
}
