/** What helps against somebody who is refused again and again. */

import type { RefusalReason, RefusalView } from "../../core/api/feed.ts";

export type RefusedAdvice =
  | "revoke"
  | "presses"
  | "enrol"
  | "firewall"
  | "proxy"
  | "local"
  | "many";

/** Where `from` is the node whose credential was used. */
const OF_NODES: ReadonlySet<RefusalReason> = new Set(["sessions", "rate", "forbidden"]);
/** What the page refuses, and not the broker. */
const OF_PAGE: ReadonlySet<RefusalReason> = new Set([
  "page_login",
  "viewers",
  "feed_input",
  "slow_request",
]);
const LOOPBACK = /^(?:127\.|::1$)/;

/** Presses are said on one topic, which stands for whoever pressed: a press does not prove who. */
export function arePresses({ reason, from }: RefusalView): boolean {
  return reason === "rate" && from !== null && from.includes("/");
}

/** The id of the node whose credential was used; `undefined` where that is not known. */
export function refusedNode(refusal: RefusalView): string | undefined {
  const { reason, from } = refusal;
  return from !== null && OF_NODES.has(reason) && !arePresses(refusal) ? from : undefined;
}

export function refusedAdvice(refusal: RefusalView): RefusedAdvice {
  const { reason, from } = refusal;
  if (from === null) return "many";
  if (arePresses(refusal)) return "presses";
  if (refusedNode(refusal) !== undefined) return "revoke";
  if (LOOPBACK.test(from)) return OF_PAGE.has(reason) ? "proxy" : "local";
  return reason === "broker_login" ? "enrol" : "firewall";
}
