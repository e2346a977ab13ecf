/** Examines each broker of a configuration; see `lookAtBroker`. */

import { type Broker, brokersOf } from "../../core/config/brokers.ts";
import type { Config } from "../../core/config/settings.ts";
import { type LookedAt, mainOf, otherBrokerFindings } from "../../core/doctor/broker_choice.ts";
import type { BrokerReport } from "../../core/doctor/broker_report.ts";
import type { Finding } from "../../core/doctor/finding.ts";
import { lookAtBroker, type LookOptions } from "./look_at_broker.ts";

export interface BrokersLook {
  /** The broker whose report tells most, and this report. */
  readonly broker: Broker;
  readonly report: BrokerReport;
  /** Findings about the other brokers. */
  readonly others: readonly Finding[];
}

/** All at the same time. Never throws. */
export async function lookAtBrokers(
  { mqtt, node }: Pick<Config, "mqtt"> & { readonly node: Pick<Config["node"], "id"> },
  options: LookOptions,
): Promise<BrokersLook> {
  const look = async (broker: Broker): Promise<LookedAt> => {
    return { broker, report: await lookAtBroker({ mqtt: broker, node }, options) };
  };
  const [first, ...rest] = brokersOf(mqtt);
  const looks = await Promise.all([look(first), ...rest.map(look)]);
  const main = mainOf(looks);
  return { ...main, others: otherBrokerFindings(looks, { main, node }) };
}
