/** What to do when a broker cannot be reached, by the words in which that is told. */

import type { Config } from "./config.ts";

/** What the words of each reason are called by Deno, rustls and MQTT.js, and what to do then. */
type Rule = readonly [reason: RegExp, advice: (config: Config) => string];

const NO_TLS = "is it a broker that speaks TLS there? Without TLS it takes mqtt:// and port 1883";
/** Registered for MQTT with TLS. */
const TLS_PORT = 8883;

const RULES: readonly Rule[] = [
  [/not authorized|bad user ?name or password/i, adviseOnCredential],
  [/identifier rejected/i, () => "give this Pi another [node] id"],
  [
    /UnknownIssuer/i,
    () => "name the authority of the broker's certificate: [mqtt] ca_file = /path/ca.crt",
  ],
  [
    /NotValidForName|not valid for name/i,
    () => "write the host in [mqtt] url as the broker's certificate has it",
  ],
  [
    /NotValidYet|Expired|not valid yet|expired/i,
    () => "look at the clock of this Pi (timedatectl), then renew the broker's certificate",
  ],
  [
    /InvalidContentType|corrupt message|fatal alert/i,
    () => NO_TLS,
  ],
  [/connection refused/i, ({ mqtt: { host, port } }) => adviseOnRefusal(host, port)],
  [
    /failed to lookup|name or service not known|no such host|temporary failure/i,
    ({ mqtt: { host } }) =>
      `write the address of the hub's Pi, or its name with .local, for ${host}`,
  ],
  [
    /no route|unreachable|no answer|timed out/i,
    ({ mqtt: { host } }) =>
      `look at cable, Wi-Fi and power of ${host}, and at its firewall: ping it`,
  ],
  [
    /refuses the subscription/i,
    () => "let this user read all below the topic root (rpi-cluster-alert.acl for Mosquitto)",
  ],
  [
    /closed the connection|no greeting|connection reset|reset by peer|broken pipe|eof/i,
    adviseOnSilence,
  ],
];

/** One sentence for whoever set the broker up. */
export function brokerAdvice(reason: string, config: Config): string {
  const rule = RULES.find(([words]) => words.test(reason));
  return rule?.[1](config) ?? "look at [mqtt] url, and at the log of the broker";
}

/** The echo was sent and did not come back: brokers drop in silence what a user may not write. */
export function echoAdvice({ mqtt: { username }, node: { id } }: Config): string {
  if (username !== undefined && username !== id) {
    return `a node writes under its own name alone: make [node] id "${id}" and [mqtt] username ` +
      `"${username}" the same`;
  }
  return "let this user write below nodes/ID/ of its own (rpi-cluster-alert.acl for Mosquitto)";
}

function adviseOnCredential({ mqtt: { username }, node: { id } }: Config): string {
  const enrol = `on the hub's Pi "sudo -u rpi-cluster-alert hub enrol ${id}" prints a new one`;
  if (username === undefined) return `set [mqtt] username and password: ${enrol}`;
  return `user name or password is wrong, or was revoked: ${enrol}`;
}

function adviseOnRefusal(host: string, port: number): string {
  return `nothing listens there: is the hub or Mosquitto started on ${host}, and is ${port} its port?`;
}

function adviseOnSilence({ mqtt: { tls, port } }: Config): string {
  if (tls) return NO_TLS;
  if (port === TLS_PORT) return "the port is that of TLS: write mqtts:// in [mqtt] url";
  return `is it an MQTT broker that has port ${port}? With TLS it takes mqtts:// in [mqtt] url`;
}
