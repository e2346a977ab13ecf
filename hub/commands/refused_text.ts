/** Formats the list of repeatedly refused clients for the terminal. */

import type { RefusalReason, RefusalView } from "../../core/api/refusal_view.ts";
import type { StatusView } from "../../core/api/status_view.ts";
import { plainText } from "../../core/text/plain_text.ts";
import { clockText } from "../host/clock_text.ts";

const WORDS: Readonly<Record<RefusalReason, string>> = {
  half_open: "connections that asked for nothing",
  connections: "more connections than the hub takes",
  no_files: "more connections than the machine has files for",
  broker_login: "wrong user name or password at the broker",
  protocol: "connections to the broker that are no MQTT 3.1.1",
  page_login: "wrong password for the page",
  sessions: "more connections than its credential may have",
  nodes: "more nodes than the hub watches",
  broker_nodes: "more nodes than the embedded broker serves: Mosquitto serves more",
  rate: "publishes more than its credential may",
  forbidden: "publishes or subscribes where its credential may not",
  viewers: "wants to watch, and no place is free",
  feed_input: "sends something to the feed, which goes one way",
  slow_request: "requests that take too long to arrive",
  join: "wrong lines to let a Pi join",
};
const SHOWN_MAX = 5;

/** The answer of an older hub has no such list. */
export function refusedLines({ refused = [], at }: Partial<StatusView>): readonly string[] {
  if (refused.length === 0 || at === undefined) return [];
  const more = refused.length - SHOWN_MAX;
  return [
    "",
    "Refused again and again:",
    ...refused.slice(0, SHOWN_MAX).map((one) => `  ${line(one, Date.parse(at))}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function line({ reason, from, count, since, last }: RefusalView, nowMs: number): string {
  const who = from === null ? "many addresses" : plainText(from);
  const time = (instant: string) => clockText(Date.parse(instant), nowMs);
  // A newer hub may have reasons that this program does not know.
  const what: string = WORDS[reason] ?? reason;
  return `${who}: ${what}, ${count} times since ${time(since)}, last ${time(last)}`;
}
