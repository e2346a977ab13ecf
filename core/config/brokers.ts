/** The brokers of a configuration, one by one. */

import { bracketed } from "../network/host.ts";
import type { Config } from "./settings.ts";

/** The settings for the connection to one broker. */
export type Broker = Omit<Config["mqtt"], "others">;

/** The brokers in the order of the configuration. */
export function brokersOf(
  { others = [], ...first }: Config["mqtt"],
): readonly [Broker, ...Broker[]] {
  return [
    first,
    ...others.map(({ hostname: host, port, tls }) => ({ ...first, host, port, tls })),
  ];
}

/** `hub.local:1883`, for people. */
export function brokerName({ host, port }: Pick<Broker, "host" | "port">): string {
  return `${bracketed(host)}:${port}`;
}
