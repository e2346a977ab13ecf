/** What an agent's doctor makes of its names, its credential and a look at the broker. */

import type { Config } from "../config/settings.ts";
import type { BrokerReport } from "./broker_report.ts";
import type { BrokerSurvey } from "./broker_survey.ts";
import { brokerFinding } from "./cluster_checks.ts";
import { type Finding, fine, warning, wrong } from "./finding.ts";
import { versionFinding } from "./version_check.ts";

/** Names that many Pis have from their system's image. */
const USUAL_HOSTNAMES: ReadonlySet<string> = new Set(["raspberrypi", "localhost", "debian"]);
/** A session that comes back after another one belongs to a machine of its own. */
const CHANGES_MIN = 2;

export interface NodeFacts {
  readonly config: Pick<Config, "mqtt" | "node">;
  readonly hostname: string;
  /** `[node] id` is configured, and not made of the host name. */
  readonly hasOwnId: boolean;
  readonly version: string;
}

export function nodeFindings(facts: NodeFacts, report: BrokerReport): readonly Finding[] {
  const findings = [brokerFinding(facts.config, report), nameFinding(facts, report)];
  if (report.kind === "failed") return findings;
  findings.push(hubFinding(report.look));
  const { mqtt: { username }, node: { id } } = facts.config;
  findings.push(credentialFinding(username, report));
  const beats = report.look.sessionsOf(id);
  if (report.kind !== "taken_over" && beats.count === 0) {
    const found = `none of ${id} was heard just now`;
    findings.push(warning("heartbeat", found, "sudo systemctl status agent"));
  } else if (beats.count > 0) {
    findings.push(fine("heartbeat", `${beats.count} of ${id} heard just now`));
  }
  const hub = report.look.hub?.kind === "birth" ? report.look.hub.facts.version : undefined;
  const theirs = typeof hub === "string" ? [{ name: "the hub", version: hub }] : [];
  return [...findings, versionFinding(facts.version, theirs)];
}

function nameFinding({ config, hostname, hasOwnId }: NodeFacts, report: BrokerReport): Finding {
  const { id, name } = config.node;
  const changes = report.kind === "failed" ? 0 : report.look.sessionsOf(id).changes;
  if (changes >= CHANGES_MIN) {
    return wrong(
      "names",
      `two machines send heartbeats as ${id}`,
      "give one of them another [node] id and a credential of its own",
    );
  }
  const found = `id ${id}, name "${name}", host name ${hostname}`;
  if (!hasOwnId && USUAL_HOSTNAMES.has(hostname)) {
    const advice = "set [node] id: every new Pi has this host name, and so the same id";
    return warning("names", found, advice);
  }
  return fine("names", found);
}

/** Without a hub no message is sent when this Pi dies. */
function hubFinding({ hub }: BrokerSurvey): Finding {
  const advice = "sudo rpi-cluster-hub doctor, on the hub's Pi";
  switch (hub?.kind) {
    case undefined:
      return warning("hub", "none has been at this broker: only trackers hear this Pi", advice);
    case "birth":
      return fine("hub", `up${hub.name === undefined ? "" : ` on ${hub.name}`}`);
    case "farewell":
      return warning("hub", "stopped: only trackers hear this Pi", advice);
    case "last_will":
      return warning("hub", "gone without a farewell: only trackers hear this Pi", advice);
  }
}

/** Whether the credential allows what it must, and nothing else. */
function credentialFinding(username: string | undefined, report: BrokerReport): Finding {
  const advice = "let the hub's own broker serve, or give Mosquitto rpi-cluster-alert.acl";
  if (username === undefined) {
    const found = "none: the broker lets everybody speak for every Pi";
    return warning("credential", found, advice);
  }
  if (report.kind === "seen" && report.mayWriteAnywhere) {
    const found = `${username} is accepted, and may also write what belongs to others`;
    return warning("credential", found, advice);
  }
  if (report.kind === "seen" && report.mayWriteAnywhere === false) {
    return fine("credential", `${username} is accepted, may write its own topics and no others`);
  }
  return fine("credential", `${username} is accepted`);
}
