/** Whether what a program says to its broker is encrypted. */

import { type Broker, brokersOf } from "../config/brokers.ts";
import type { Config } from "../config/settings.ts";
import { type Finding, fine, warning } from "./finding.ts";

const LOOPBACK = /^(?:localhost|127\.[\d.]+|::1)$/;

/** One finding for all brokers, if it is the same for all. */
export function tlsFindings(mqtt: Config["mqtt"]): readonly Finding[] {
  const findings = brokersOf(mqtt).map(tlsFinding);
  return findings.filter(({ found }, index) =>
    findings.findIndex((other) => other.found === found) === index
  );
}

export function tlsFinding({ tls, host }: Pick<Broker, "tls" | "host">): Finding {
  if (tls) return fine("tls", "the connection to the broker is encrypted");
  if (LOOPBACK.test(host)) return fine("tls", "off: the broker is on this machine");
  return warning(
    "tls",
    "off: whoever listens in the network reads the password",
    "write mqtts:// in [mqtt] url; the hub's own broker takes it on port 8883",
  );
}
