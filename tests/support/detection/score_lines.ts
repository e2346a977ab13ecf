/** The outputs of core machines as lines for people; instants in seconds. */

import type { TrackerOutput } from "../../../core/alarm/tracker_machine.ts";
import { subjectKey } from "../../../core/alerting/alert.ts";
import type { NotificationChange } from "../../../core/alerting/incident/notification_log.ts";
import type { PolicyOutput } from "../../../core/alerting/policy/output.ts";
import { alertLine, secondsText as seconds } from "../alerting/alert_line.ts";
import type { Played } from "./score.ts";

/** Any output of a core machine. */
export type AnyOutput = TrackerOutput | PolicyOutput;

/** The lines of all outputs except echoes. */
export function linesOf(played: readonly Played<AnyOutput>[]): readonly string[] {
  const hidden: readonly AnyOutput["kind"][] = ["send_echo", "notification", "grouped"];
  return played.filter(({ output }) => !hidden.includes(output.kind))
    .map(({ atMs, output }) => line(output, atMs));
}

/** The lines of one kind of output. */
export function linesOfKind(
  played: readonly Played<AnyOutput>[],
  ...kinds: readonly AnyOutput["kind"][]
): readonly string[] {
  return played.filter(({ output }) => kinds.includes(output.kind))
    .map(({ atMs, output }) => line(output, atMs));
}

/** The nodes that were declared dead. */
export function notificationLines(
  played: readonly Played<AnyOutput>[],
  state: NotificationChange["state"],
): readonly string[] {
  return linesOfKind(
    played.filter(({ output }) => output.kind === "notification" && output.state === state),
    "notification",
  );
}

/** Who is said to be dead. */
export function deathsOf(played: readonly Played<AnyOutput>[]): readonly string[] {
  return played.flatMap(({ output }) =>
    output.kind === "transition" && output.to === "dead" ? [output.node] : []
  );
}

function line(output: AnyOutput, atMs: number): string {
  switch (output.kind) {
    case "transition":
      return `${
        seconds(output.atMs)
      } ${output.node} ${output.from}->${output.to} (${output.reason})`;
    case "visibility":
      return `${seconds(output.atMs)} ${output.blind ? `blind (${output.reason})` : "visible"}`;
    case "broker":
      return `${seconds(output.atMs)} broker ${output.link} ${
        output.sees ? "seen" : `lost (${output.reason})`
      }`;
    case "duplicate_id":
      return `${seconds(output.atMs)} ${output.node} ${
        output.present ? `duplicate id: ${output.serials.join(", ")}` : "has no rival"
      }`;
    case "storage":
      return `${seconds(output.atMs)} ${output.node} storage ${output.fault ?? "works"}`;
    case "access":
      return `${seconds(output.atMs)} ${output.node} access ${output.fault ?? "lasts"}`;
    case "rebooted":
      return `${seconds(output.atMs)} ${output.node} rebooted unexpectedly`;
    case "removed":
      return `${seconds(output.atMs)} ${output.node} removed`;
    case "renamed":
      return `${seconds(atMs)} ${output.node} is called ${output.name}`;
    case "node_refused":
      return `${seconds(atMs)} ${output.node} refused (${output.reason})`;
    case "send_echo":
      return `${seconds(atMs)} echo ${output.seq}`;
    case "send_probe":
      return `${seconds(atMs)} asks ${
        ["the landmarks", ...output.nodes.map(({ node }) => node)].join(", ")
      }`;
    case "opened":
      return `${seconds(output.startedAtMs)} ${subjectKey(output.subject)} opened`;
    case "closed":
      return `${seconds(output.atMs)} ${subjectKey(output.subject)} closed`;
    case "notification":
      return `${seconds(atMs)} ${subjectKey(output.subject)} ${output.state} on ${output.route}`;
    case "grouped":
      return `${seconds(atMs)} incident ${output.id} has ${output.parts.length} parts`;
    case "acknowledged":
      return `${seconds(output.atMs)} ${subjectKey(output.subject)} acknowledged`;
    case "maintained":
      return `${seconds(atMs)} ${output.node ?? "all"} maintained until ${seconds(output.untilMs)}`;
    case "show":
      return `${seconds(atMs)} show ${output.indication.kind}`;
    case "watch":
      return `${seconds(atMs)} learns from ${output.source} (${output.reason})`;
    case "publish_silence":
      return `${seconds(atMs)} says that all are silenced`;
    case "alert":
      return alertLine(output);
  }
}
