/** The field of a log line that names its broker, where there are several. */

import { type Broker, brokerName } from "../../core/config/brokers.ts";

/** What a connection's own log knows of its broker. */
export interface LoggedBroker {
  readonly mqtt: Pick<Broker, "host" | "port">;
  /** There are other brokers, so each line names this one. Default: false. */
  readonly isOneOfSeveral?: boolean;
}

/** Empty if there is no other broker. */
export function brokerField(
  { mqtt, isOneOfSeveral = false }: LoggedBroker,
): { readonly broker?: string } {
  return isOneOfSeveral ? { broker: brokerName(mqtt) } : {};
}
