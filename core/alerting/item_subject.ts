/** What an alert item is about. */

import type { AlertItem, Subject } from "./alert.ts";

export function itemSubject(notice: AlertItem): Subject {
  switch (notice.kind) {
    case "down":
    case "still_down":
    case "recovered":
      return { kind: "node", node: notice.node };
    case "rebooted":
      return { kind: "reboot", node: notice.node };
    case "flapping":
    case "stable":
      return { kind: "flapping", node: notice.node };
    case "blind":
    case "sees":
      return { kind: "broker" };
    case "uplink_down":
    case "uplink_back":
      return { kind: "uplink", channel: notice.channel };
    case "fault":
    case "fault_over":
      return notice.subject;
  }
}

/** Whether it tells that something is over. */
export function isEnd({ kind }: AlertItem): boolean {
  return kind === "recovered" || kind === "stable" || kind === "sees" || kind === "uplink_back" ||
    kind === "fault_over";
}
