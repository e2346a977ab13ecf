/** Faults of the hub and errors of pings as English text, for the watcher outside and the log. */

import type { HistoryFault } from "../alerting/cause.ts";
import { BLINDNESS_TEXTS } from "../alerting/message/cause_text.ts";
import { durationText } from "../alerting/message/duration_text.ts";
import type { PingError, WatchdogFault } from "./watchdog.ts";

const STORAGE_TEXTS: Readonly<Record<HistoryFault, string>> = {
  full: "its disk is full",
  read_only: "its disk is read-only",
  locked: "another program locks its database",
  damaged: "its database is damaged",
  deleted: "its database was deleted",
  replaced: "its database was replaced",
  no_access: "it may not open its database",
  no_answer: "its disk does not answer",
  io_error: "its disk has errors",
};

/** Sentences about the hub that does not work; never empty. */
export function faultsText(faults: readonly WatchdogFault[], nowMs: number): string {
  return faults.map((fault) => `${faultText(fault)} (for ${durationText(nowMs - fault.sinceMs)})`)
    .join("; ");
}

export function faultText(
  fault: Pick<WatchdogFault, "kind"> & { readonly cause?: string },
): string {
  switch (fault.kind) {
    case "blind":
      return `the hub does not see the cluster: ${textIn(BLINDNESS_TEXTS, fault.cause)}`;
    case "storage":
      return `the hub cannot write its history: ${textIn(STORAGE_TEXTS, fault.cause)}`;
    case "outbox":
      return "messages of the hub wait and do not go out";
    case "providers":
      return "the hub reaches no provider of messages";
    case "stuck":
      return "the hub hangs";
  }
}

/** Why a ping was not accepted. */
export function pingErrorText({ code, status, said = "" }: PingError): string {
  switch (code) {
    case "no_answer":
      return "it did not answer in time";
    case "redirected":
      return "it answered with a redirect, which the hub does not follow: write the final URL";
    case "unreachable":
      return `it cannot be reached: ${said}`;
    case "refused":
      return `it answered with status ${status}${said === "" ? "" : `: ${said}`}`;
  }
}

/** A later version may know more codes. */
function textIn(texts: Readonly<Record<string, string>>, code = ""): string {
  return texts[code] ?? code;
}
