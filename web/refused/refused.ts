/** The advice against a client that is refused repeatedly. */

import type { RefusalReason, RefusalView } from "../../core/api/refusal_view.ts";

export type RefusedAdvice =
  | "revoke"
  | "presses"
  | "second_hub"
  | "mosquitto"
  | "enrol"
  | "firewall"
  | "proxy"
  | "local"
  | "many";

/** For these, `from` is the node whose credential was used. */
const OF_NODES: ReadonlySet<RefusalReason> = new Set([
  "sessions",
  "nodes",
  "broker_nodes",
  "rate",
  "forbidden",
]);
/** Refused by the page and not by the broker. */
const OF_PAGE: ReadonlySet<RefusalReason> = new Set([
  "page_login",
  "viewers",
  "feed_input",
  "slow_request",
  "join",
]);
const LOOPBACK = /^(?:127\.|::1$)/;

/** All nodes press on one common topic, so a press does not prove its sender. */
export function arePresses({ reason, from }: RefusalView): boolean {
  return reason === "rate" && from !== null && from.includes("/");
}

/** The id of the node whose credential was used; `undefined` if unknown. */
export function refusedNode(refusal: RefusalView): string | undefined {
  const { reason, from } = refusal;
  return from !== null && OF_NODES.has(reason) && !arePresses(refusal) ? from : undefined;
}

export function refusedAdvice(refusal: RefusalView): RefusedAdvice {
  const { reason, from } = refusal;
  if (from === null) return "many";
  if (arePresses(refusal)) return "presses";
  if (reason === "nodes") return "second_hub";
  if (reason === "broker_nodes") return "mosquitto";
  if (refusedNode(refusal) !== undefined) return "revoke";
  if (LOOPBACK.test(from)) return OF_PAGE.has(reason) ? "proxy" : "local";
  return reason === "broker_login" ? "enrol" : "firewall";
}
