/** What helps against somebody who is refused again and again. */

import type { RefusalReason, RefusalView } from "../../core/feed.ts";

export type RefusedAdvice = "revoke" | "enrol" | "firewall" | "proxy" | "local" | "many";

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

/** The id of the node whose credential was used; `undefined` where an address is refused. */
export function refusedNode({ reason, from }: RefusalView): string | undefined {
  return from !== null && OF_NODES.has(reason) ? from : undefined;
}

export function refusedAdvice(refusal: RefusalView): RefusedAdvice {
  const { reason, from } = refusal;
  if (from === null) return "many";
  if (refusedNode(refusal) !== undefined) return "revoke";
  if (LOOPBACK.test(from)) return OF_PAGE.has(reason) ? "proxy" : "local";
  return reason === "broker_login" ? "enrol" : "firewall";
}
