/** What the hub's doctor makes of the running hub's status, its messages and its backups. */

import { BLINDNESS_TEXTS } from "../alerting/message/cause_text.ts";
import { durationText } from "../alerting/message/duration_text.ts";
import type { StatusView } from "../api/status_view.ts";
import type { WatchdogView } from "../api/watchdog_view.ts";
import { faultText, pingErrorText } from "../watchdog/fault_text.ts";
import { type Finding, fine, warning, wrong } from "./finding.ts";

const HOUR_MS = 3_600_000;
/** A night may be missed while the hub is off. Two in a row need a look. */
const BACKUP_MS_MAX = 50 * HOUR_MS;

/** `answer` is the status of the running hub, or why there is none. */
export function runFinding(answer: StatusView | string): Finding {
  if (typeof answer === "string") {
    const advice = "sudo systemctl enable --now hub; sudo journalctl -u hub -n 20";
    return wrong("hub", answer, advice);
  }
  const { blind, nodes, counts } = answer;
  if (blind !== null) {
    const why = BLINDNESS_TEXTS[blind.code] ?? blind.reason;
    return wrong("hub", `does not see the cluster since ${blind.since}: ${why}`, "see broker");
  }
  if (nodes.length === 0) {
    return warning(
      "hub",
      "runs, and no Pi has reported yet",
      "enrol one: sudo rpi-cluster-hub enrol ID",
    );
  }
  const down = counts.dead > 0 ? `, ${counts.dead} down` : "";
  return fine("hub", `runs, watches ${nodes.length === 1 ? "1 Pi" : `${nodes.length} Pis`}${down}`);
}

export interface HubNames {
  /** Without a domain. */
  readonly hostname: string;
  /** Something on this machine answers for `hostname.local`. */
  readonly hasMdns: boolean;
  /** Ids that two machines claim, as the running hub knows. */
  readonly duplicates: readonly string[];
}

export function hubNameFindings(
  { hostname, hasMdns, duplicates }: HubNames,
): readonly Finding[] {
  const twice = duplicates.map((id) =>
    wrong(
      "names",
      `two machines claim the id ${id}`,
      "give one of them another [node] id: sudo rpi-cluster-hub enrol ID",
    )
  );
  const found = `this machine is ${hostname}`;
  const own = hasMdns ? fine("names", `${found}, and ${hostname}.local`) : warning(
    "names",
    `${found}, and nothing here answers for ${hostname}.local`,
    `sudo apt install avahi-daemon, unless the Pis know this machine by an address that stays`,
  );
  return [...twice, own];
}

/** Whether anybody is notified when a Pi dies. */
export function messagesFinding(state: StatusView["notification"]["state"]): Finding {
  switch (state) {
    case "works":
      return fine("messages", "people are notified when a Pi dies");
    case "none":
      return wrong("messages", "nobody is notified when a Pi dies", "set up [webhook] or [sms]");
    case "printed":
      return wrong(
        "messages",
        "nobody is notified when a Pi dies: messages are only printed to the log",
        "set up [webhook] or [sms]",
      );
    case "failing":
      return wrong(
        "messages",
        "nobody is notified when a Pi dies: no channel delivers",
        "mend a channel, then: sudo rpi-cluster-hub test-alert",
      );
  }
}

/** What the running hub sees of its brokers, if it has several. */
export function seenBrokerFindings(
  { brokers = [] }: Pick<StatusView, "brokers">,
): readonly Finding[] {
  return brokers.map(({ broker, sees, code }) => {
    if (sees) return fine("broker", `${broker}: the running hub sees the cluster through it`);
    const why = code === null ? "" : `: ${BLINDNESS_TEXTS[code]}`;
    const found = `${broker}: the running hub does not see the cluster through it${why}`;
    return warning("broker", found, "mend it: if the other one fails, too, the hub is blind");
  });
}

/** How the running hub pings the watcher outside; `undefined` if none is configured. */
export function watchdogFinding(watchdog: WatchdogView | undefined): Finding {
  if (watchdog === undefined) {
    const found = "none: nobody outside notices when the whole house, or the hub, is dark";
    return fine("watchdog", `${found} (docs/watchdog.md)`);
  }
  const { last_ping_at: last, faults, error } = watchdog;
  const [fault] = faults;
  if (fault !== undefined) {
    return wrong("watchdog", `gets no ping: ${faultText(fault)}`, "mend that; see above");
  }
  if (error !== null) {
    const found = `the last ping was not accepted: ${pingErrorText(error)}`;
    return wrong("watchdog", found, "mend [watchdog] url, or look at the watcher");
  }
  return fine("watchdog", last === null ? "not pinged yet" : `last pinged at ${last}`);
}

/** The answer of a provider to a question that sends no message. */
export type ProviderAnswer =
  | { readonly kind: "reached" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "deferred"; readonly why: string }
  /** There is no such question. */
  | { readonly kind: "unknown" };

export function providerFinding(channel: string, answer: ProviderAnswer): Finding {
  const subject = `channel ${channel}`;
  const advice = "sudo rpi-cluster-hub test-alert sends a message through every channel";
  switch (answer.kind) {
    case "reached":
      return fine(subject, "the provider answers, and accepts the credential if it needs one");
    case "unknown":
      return fine(subject, `set up; only a message shows whether it works: ${advice}`);
    case "refused":
      return wrong(subject, `the provider would refuse every message: ${answer.why}`, advice);
    case "deferred":
      return warning(subject, `the provider cannot be asked now: ${answer.why}`, advice);
  }
}

export interface BackupFacts {
  /** `undefined`: the owner wants no nightly backups. */
  readonly folder: string | undefined;
  /** When the newest one was written, in wall-clock ms; `undefined` if there is none. */
  readonly newestMs: number | undefined;
  readonly count: number;
  readonly nowMs: number;
  /** Why the running hub could not make the last one, or the folder cannot be read. */
  readonly error: string | undefined;
}

export function backupFinding(facts: BackupFacts): Finding {
  const { folder, newestMs, count, nowMs, error } = facts;
  const byHand = "meanwhile: sudo rpi-cluster-hub backup FILE";
  if (folder === undefined) {
    return warning(
      "backups",
      "off: [hub] backups = none",
      "sudo rpi-cluster-hub backup FILE, now and then",
    );
  }
  if (error !== undefined) return warning("backups", `${folder}: ${error}`, byHand);
  if (newestMs === undefined) {
    return warning("backups", `${folder}: none yet`, `the hub makes one each night; ${byHand}`);
  }
  const ageMs = nowMs - newestMs;
  const found = `${folder}: ${count}, the last one ${durationText(ageMs)} ago`;
  return ageMs > BACKUP_MS_MAX
    ? warning("backups", found, `does the hub run at night? ${byHand}`)
    : fine("backups", `${found}; a copy on another machine survives this one`);
}
