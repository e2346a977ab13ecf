/** The embedded broker in the test's own process, with its log and its refusals. */

import { type BrokerBudget, brokerBudget } from "../../../core/limits/connection_budget.ts";
import { type Broker, startBroker } from "../../../hub/broker/broker.ts";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { TemporaryFolder } from "../program/temporary_folder.ts";
import type { BrokerUnderTest } from "./tested_broker.ts";

export interface EmbeddedBroker extends BrokerUnderTest {
  readonly broker: Broker;
  readonly log: readonly string[];
  /** Reasons with the address or the user. */
  readonly refused: readonly string[];
}

/** `await using broker = await startEmbedded();` `stop` ends it, too. */
export async function startEmbedded(
  stop: AbortSignal = new AbortController().signal,
  budget: BrokerBudget = brokerBudget(),
): Promise<EmbeddedBroker> {
  const folder = new TemporaryFolder();
  const credentials = new Credentials(folder.file("passwd"));
  const log: string[] = [];
  const refused: string[] = [];
  const broker = await startBroker({
    listen: { hostname: "127.0.0.1", port: 0 },
    credentials,
    topicRoot: "rpi-cluster",
    stop,
    budget,
    log: (level, text) => log.push(`${level}: ${text}`),
    onRefused: (reason, from) => refused.push(`${reason} ${from}`),
  });
  return {
    broker,
    log,
    refused,
    port: broker.address.port,
    credentials,
    hubPassword: broker.localPassword,
    apply: () => {}, // it checks the file by itself
    [Symbol.asyncDispose]: async () => {
      await broker[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
