/** What a doctor makes of several brokers: one that works is enough. */

import type { Broker } from "../config/brokers.ts";
import type { BrokerReport } from "./broker_report.ts";
import type { Adviser } from "./broker_advice.ts";
import { brokerFinding } from "./cluster_checks.ts";
import { type Finding, warning } from "./finding.ts";

/** A broker, and what was found there. */
export interface LookedAt {
  readonly broker: Broker;
  readonly report: BrokerReport;
}

/** The broker whose report tells most: the first that was reached, else the first. */
export function mainOf(looks: readonly [LookedAt, ...LookedAt[]]): LookedAt {
  return looks.find(({ report }) => report.kind === "seen") ??
    looks.find(({ report }) => report.kind !== "failed") ?? looks[0];
}

/** The findings of the brokers beside the main one. While that works, they are no fault. */
export function otherBrokerFindings(
  looks: readonly LookedAt[],
  { main, node }: { readonly main: LookedAt; readonly node: Adviser["node"] },
): readonly Finding[] {
  const isEnough = main.report.kind === "seen";
  return looks.filter((look) => look !== main).map(({ broker: mqtt, report }) => {
    const finding = brokerFinding({ mqtt, node }, report);
    if (finding.level !== "wrong" || !isEnough) return finding;
    return warning("broker", `${finding.found}; another one works`, finding.advice ?? "mend it");
  });
}
