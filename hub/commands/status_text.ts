/** Formats the status of the cluster for the terminal. */

import { durationText } from "../../core/alerting/message/duration_text.ts";
import { BLINDNESS_TEXTS } from "../../core/alerting/message/cause_text.ts";
import { nameOf } from "../../core/alerting/message/names.ts";
import type { BackupView } from "../../core/api/backup_view.ts";
import { DUPLICATE_ID_START, type NodeWarning } from "../../core/api/node_view.ts";
import {
  isFailing,
  isMissed,
  type StatusNode,
  type StatusView,
} from "../../core/api/status_view.ts";
import { type Liveness, LIVENESS_WORDS } from "../../core/detection/liveness.ts";
import type { StorageFault } from "../../core/protocol/storage.ts";
import { plainText } from "../../core/text/plain_text.ts";
import { faultText, pingErrorText } from "../../core/watchdog/fault_text.ts";
import { clockText } from "../host/clock_text.ts";
import { inForceLines } from "./in_force.ts";
import { refusedLines } from "./refused_text.ts";
import { table } from "./table.ts";

const STORAGE_WORDS: Readonly<Record<StorageFault, string>> = {
  no_answer: "its card does not answer",
  errors: "its card gives errors",
  read_only: "its card has turned read-only",
  lost_write: "its card loses what is written",
  no_process: "it cannot start programs any more",
};

/** Problems come first. */
const STATUS_ORDER: readonly Liveness[] = ["dead", "suspect", "unknown", "alive", "left"];
const NAME_LENGTH_MAX = 40;
/** Below this the exact number means nothing, because heartbeats come every second. */
const JUST_NOW_MS = 2000;

/** Returns one sentence, a table of the nodes, and what is in force. */
export function statusLines(status: StatusView): readonly string[] {
  const nodes = STATUS_ORDER.flatMap((liveness) =>
    status.nodes.filter((node) => node.liveness === liveness)
  );
  const { silences, maintenance } = status;
  const isAnythingInForce = silences.length + maintenance.length > 0;
  return [
    sentence(status),
    ...notificationLines(status),
    ...(nodes.length > 0 ? ["", ...table(nodes.map((node) => rowOf(node, status)))] : []),
    ...(isAnythingInForce ? ["", ...inForceLines(status, Date.parse(status.at))] : []),
    ...refusedLines(status),
    ...brokerLines(status),
    ...backupLines(status),
    ...watchdogLines(status),
  ];
}

/** The answer of an older hub has no `backup`. */
function backupLines({ backup, at }: Partial<StatusView>): readonly string[] {
  if (!backup || at === undefined) return [];
  const { last_at: last, error } = backup;
  // An older hub does not send its folder.
  const { folder }: Partial<BackupView> = backup;
  const place = folder === undefined ? "" : ` in ${plainText(folder)}`;
  const since = last === null
    ? `There is no nightly backup${place}`
    : `Last backup: ${timeOf(last, at)}${place}`;
  if (error === null) return last === null ? [] : ["", `${since}.`];
  return ["", `${since}, and the next one failed: ${plainText(error)}`];
}

/** Brokers that the hub does not see, while it sees another one. */
function brokerLines({ brokers = [], blind, at }: Partial<StatusView>): readonly string[] {
  if (blind || at === undefined) return [];
  const lost = brokers.filter(({ sees }) => !sees).map(({ broker, since, code }) => {
    const when = since === null ? "" : ` since ${timeOf(since, at)}`;
    const why = code === null ? "" : `: ${BLINDNESS_TEXTS[code] ?? plainText(code)}`;
    return `The hub does not see the cluster through broker ${plainText(broker)}${when}${why}.`;
  });
  return lost.length === 0 ? [] : ["", ...lost];
}

/** The answer of an older hub has no `watchdog`, like that of a hub without one. */
function watchdogLines({ watchdog, at }: Partial<StatusView>): readonly string[] {
  if (watchdog === undefined || at === undefined) return [];
  const { last_ping_at: last, said, faults, error } = watchdog;
  const when = last === null ? "not yet pinged" : `last pinged ${timeOf(last, at)}`;
  const what = said === "fails" ? ", to say that the hub does not work" : "";
  const why = faults.map((fault) => plainText(faultText(fault)));
  return [
    "",
    `The watcher outside: ${when}${what}.`,
    ...why.map((text) => `It gets no sign that all is well: ${text}.`),
    ...(error === null
      ? []
      : [`It did not accept the latest ping: ${plainText(pingErrorText(error))}.`]),
  ];
}

function sentence({ status, blind, nodes, at, counts }: StatusView): string {
  const total = nodes.length;
  switch (status) {
    case "blind": {
      const since = blind === null ? "" : ` since ${timeOf(blind.since, at)}`;
      const why = blind === null
        ? ""
        : `: ${BLINDNESS_TEXTS[blind.code] ?? plainText(blind.reason)}`;
      return `The hub has not seen the cluster${since}${why}. What follows was last known.`;
    }
    case "none":
      return "No Pi has reported yet.";
    case "down":
      return isAre(nodes.filter(isMissed), total, "down");
    case "failing":
      return isAre(nodes.filter(isFailing), total, "failing");
    case "late":
      return isAre(nodes.filter(({ liveness }) => liveness === "suspect"), total, "late");
    case "unknown":
      return `${countOf(counts.unknown, total)} not been heard yet.`;
    case "maintenance":
      return `${counts.dead} of ${total} Pis ${
        counts.dead === 1 ? "is" : "are"
      } down for maintenance.`;
    case "stopped":
      return total === 1 ? "The Pi is stopped." : `All ${total} Pis are stopped.`;
    case "up":
      return upSentence(counts.alive, counts.left);
  }
}

/** The answer of an older hub has no `notification`. */
function notificationLines({ notification }: Partial<StatusView>): readonly string[] {
  switch (notification?.state) {
    case "none":
      return ["Nobody is notified when a Pi dies: set up [webhook] or [sms]."];
    case "printed":
      return ["Nobody is notified when a Pi dies: messages are only printed to the hub's log."];
    case "failing":
      return [
        "Nobody is notified when a Pi dies: no channel delivers. Try: rpi-cluster-hub test-alert",
      ];
    default:
      return [];
  }
}

function isAre(some: readonly StatusNode[], total: number, word: string): string {
  const [only] = some;
  if (only !== undefined && some.length === 1) return `${shownName(only)} is ${word}.`;
  return `${
    some.length === total ? `All ${total}` : `${some.length} of ${total}`
  } Pis are ${word}.`;
}

function countOf(count: number, total: number): string {
  return `${count} of ${total} Pis ${count === 1 ? "has" : "have"}`;
}

function upSentence(up: number, stopped: number): string {
  const head = up === 1 ? "1 Pi is up" : `${up} Pis are up`;
  return stopped === 0 ? `${head}.` : `${head}, ${stopped} stopped.`;
}

function rowOf(node: StatusNode, { at, blind }: StatusView): readonly string[] {
  const word = LIVENESS_WORDS[node.liveness];
  return [
    blind === null ? word : `was ${word}`,
    node.id,
    shownName(node),
    [heardText(node, at), ...remarks(node, at)].join(", "),
  ];
}

/** Durations count from the last heartbeat. */
function heardText({ last_heartbeat_at: heard, liveness }: StatusNode, at: string): string {
  if (heard === null) return "never heard";
  const ageMs = Date.parse(at) - Date.parse(heard);
  if (ageMs < JUST_NOW_MS) return "heard just now";
  const length = durationText(ageMs);
  return liveness === "dead" || liveness === "suspect"
    ? `silent for ${length}, last heard ${timeOf(heard, at)}`
    : `last heard ${timeOf(heard, at)}`;
}

function remarks(node: StatusNode, at: string): readonly string[] {
  const { acknowledged, maintenance_until: until, flapping, warnings, storage } = node;
  const { version, outdated } = node;
  // An older hub sends no codes.
  const { warning_codes: codes }: Partial<StatusNode> = node;
  return [
    ...(acknowledged ? ["acknowledged"] : []),
    ...(flapping ? ["flapping"] : []),
    ...(storage === null ? [] : [STORAGE_WORDS[storage.fault]]),
    ...(until === null ? [] : [`in maintenance until ${timeOf(until, at)}`]),
    ...(outdated ? [`older version ${plainText(version ?? "")}`] : []),
    ...(codes?.map(warningText) ?? []),
    ...warnings.filter((text) => codes === undefined || !text.startsWith(DUPLICATE_ID_START))
      .map(plainText),
  ];
}

function warningText({ serials }: NodeWarning): string {
  const known = serials.length > 1
    ? `, serial numbers ${serials.map(plainText).join(" and ")}`
    : "";
  return `two machines claim this id${known}`;
}

function timeOf(instant: string, now: string): string {
  return clockText(Date.parse(instant), Date.parse(now));
}

/** An older hub does not send a given name. */
function shownName(
  { id, name, display_name = name }: Pick<StatusNode, "id" | "name"> & Partial<StatusNode>,
): string {
  return nameOf({ node: id, name: display_name }, { nameLength: NAME_LENGTH_MAX });
}
