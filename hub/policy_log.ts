/** Writes the policy's decisions to the log. */

import { type AlertItem, subjectKey } from "../core/alerting/alert.ts";
import type { Cause } from "../core/alerting/cause.ts";
import { causeText } from "../core/alerting/message/cause_text.ts";
import type { PolicyOutput } from "../core/alerting/policy/output.ts";
import type { Log } from "../io/log/log.ts";
import type { Clock } from "../io/time/clock.ts";

/** Writes at most one line. A death is already logged as a change of the node. */
export function logPolicyOutput(log: Log, output: PolicyOutput, clock: Clock): void {
  switch (output.kind) {
    case "alert": {
      const { route, channel, items } = output;
      return log.info("queued a message", { route, channel, items: kindsOf(items) });
    }
    case "opened": {
      const { subject, cause } = output;
      if (subject.kind === "node") return;
      return log.warning("an incident began", {
        incident: subjectKey(subject),
        cause: causeInLog(cause),
      });
    }
    case "closed": {
      const { subject } = output;
      if (subject.kind === "node" || subject.kind === "reboot") return;
      return log.info("an incident ended", { incident: subjectKey(subject) });
    }
    case "notification": {
      const { subject, route, state } = output;
      if (state !== "deferred") return;
      return log.info("a message is held", { route, incident: subjectKey(subject) });
    }
    case "acknowledged":
      return log.info("acknowledged", { incident: subjectKey(output.subject) });
    case "maintained": {
      const { node, untilMs } = output;
      const until = new Date(clock.wallMs(untilMs)).toISOString();
      return log.info("maintenance", { node: node ?? "all", until });
    }
    case "grouped":
      return;
  }
}

/** Returns, for example, `down 3, recovered 1`. */
function kindsOf(items: readonly AlertItem[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(", ");
}

/** A code stands for itself in the log. */
function causeInLog(cause: Cause): string {
  return typeof cause === "string" ? cause : causeText(cause);
}
