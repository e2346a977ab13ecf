/** Checks broker, hub and nodes by a short connection to the broker. */

import type { Config } from "../config/settings.ts";
import { brokerFaultText } from "../network/broker_fault.ts";
import { bracketed } from "../network/host.ts";
import { type Adviser, brokerAdvice, echoAdvice, TAKE_OVER_ADVICE } from "./broker_advice.ts";
import type { BrokerReport } from "./broker_report.ts";
import type { BrokerSurvey } from "./broker_survey.ts";
import { type Finding, fine, warning, wrong } from "./finding.ts";
import { watchFinding } from "./watch_finding.ts";

/** An observer that waits longer for its echoes considers itself blind. */
const ECHO_MS_MAX = 1000;
/** Further names are only counted. */
const NAMES_SHOWN_MAX = 10;

export function checkCluster(config: Config, report: BrokerReport): readonly Finding[] {
  const broker = brokerFinding(config, report);
  return report.kind === "failed" ? [broker] : [broker, ...checkOthers(config, report.look)];
}

/** Whether this program can talk and listen at the broker. */
export function brokerFinding(adviser: Adviser, report: BrokerReport): Finding {
  const { mqtt: { host, port, tls } } = adviser;
  const address = `${tls ? "mqtts" : "mqtt"}://${bracketed(host)}:${port}`;
  switch (report.kind) {
    case "failed": {
      const found = `${address}: ${brokerFaultText(report.fault)}`;
      return wrong("broker", found, brokerAdvice(report.fault, adviser));
    }
    case "taken_over": {
      const found =
        `${address}: connected, and the broker ended the connection soon after it was ` +
        "made: another client uses this client id";
      return wrong("broker", found, TAKE_OVER_ADVICE);
    }
    case "deaf": {
      const found = `${address}: connected and subscribed, but what was sent did not come back`;
      return wrong("broker", found, echoAdvice(adviser));
    }
    case "seen": {
      const echoMs = Math.round(report.echoMs);
      const found = `${address}: connected, subscribed, echo back after ${echoMs} ms`;
      return echoMs <= ECHO_MS_MAX ? fine("broker", found) : warning(
        "broker",
        found,
        `over ${ECHO_MS_MAX} ms a tracker is blind: look at the network`,
      );
    }
  }
}

function checkOthers(config: Config, look: BrokerSurvey): readonly Finding[] {
  const watch = watchFinding(config.cluster, look.view);
  return [checkHub(look), ...watch === undefined ? [] : [watch], checkNodes(config, look)];
}

/** LED and buzzer need no hub, so its state is never an error here. */
function checkHub({ hub }: BrokerSurvey): Finding {
  switch (hub?.kind) {
    case undefined:
      return fine("hub", "none seen; LED and buzzer need none");
    case "birth":
      return fine("hub", `up${hub.name === undefined ? "" : ` on ${hub.name}`}`);
    case "farewell":
      return fine("hub", "stopped; LED and buzzer need none");
    case "last_will":
      return warning("hub", "gone without a farewell", "sudo systemctl status hub, on its Pi");
  }
}

function checkNodes({ node: { id: self }, cluster }: Config, look: BrokerSurvey): Finding {
  const others = [...look.known].filter((id) => id !== self);
  const expected = cluster.nodes.filter((id) => id !== self);
  const missing = expected.filter((id) => !look.known.has(id));
  const watched = expected.length > 0 ? others.filter((id) => expected.includes(id)) : others;
  const speaking = watched.filter((id) => look.live.has(id)).length;
  const found = watched.length === 0
    ? "no other node is known to the broker"
    : `${watched.length} to watch, ${speaking} heard just now: ${listed(watched)}`;
  if (missing.length > 0) {
    return warning(
      "nodes",
      `${found}; expected and not known: ${listed(missing)}`,
      "start the agents there, or put [cluster] nodes right",
    );
  }
  if (watched.length > 0) return fine("nodes", found);
  return warning("nodes", found, "start an agent on each Pi that is to be watched");
}

function listed(ids: readonly string[]): string {
  const sorted = ids.toSorted();
  const rest = sorted.length - NAMES_SHOWN_MAX;
  const shown = sorted.slice(0, NAMES_SHOWN_MAX).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
