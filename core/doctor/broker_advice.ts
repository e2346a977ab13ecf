/** What to do when a broker cannot be reached, or does not forward messages. */

import type { Broker } from "../config/brokers.ts";
import type { Config } from "../config/settings.ts";
import type { BrokerFault, CertificateFault } from "../network/broker_fault.ts";
import { HUB_USER } from "../protocol/access.ts";

/** The owner of the connection. The `id` of a hub is its user name. */
export interface Adviser {
  readonly mqtt: Broker;
  readonly node: Pick<Config["node"], "id">;
}

const NO_TLS = "is it a broker that speaks TLS there? Without TLS it takes mqtt:// and port 1883";
/** The registered ports of MQTT, without and with TLS. */
const PLAIN_PORT = 1883;
const TLS_PORT = 8883;

const CERTIFICATE_ADVICE: Readonly<Record<CertificateFault, string>> = {
  unknown_authority:
    "name the authority of the broker's certificate: [mqtt] ca_file = /path/ca.crt",
  self_signed_authority: "a self-signed certificate must not be an authority: make it anew with " +
    "openssl req -x509 -addext basicConstraints=critical,CA:FALSE, or let an authority sign one for " +
    "the broker; [mqtt] ca_file then names the one that signed",
  wrong_name: "write the host in [mqtt] url as the broker's certificate has it",
  time: "look at the clock of this Pi (timedatectl), then renew the broker's certificate",
  other: "look at the broker's certificate: openssl s_client -connect shows it",
};

/** One sentence for the person who set up the broker. */
export function brokerAdvice(fault: BrokerFault, adviser: Adviser): string {
  const { mqtt: { host, port } } = adviser;
  switch (fault.code) {
    case "lookup_slow":
      return `no name server answers (resolvectl status, /etc/resolv.conf): mend that, or write the ` +
        `broker's address in [mqtt] url in place of ${host}`;
    case "lookup_failed":
      return `write the address of the hub's Pi, or its name with .local, for ${host}`;
    case "refused":
      return enrolmentAdvice(adviser) ??
        `nothing listens there: is the hub or Mosquitto started on ${host}, and is ${port} its ` +
          "port?";
    case "no_answer":
    case "unreachable":
      return `look at cable, Wi-Fi and power of ${host}, and at its firewall: ping it`;
    case "certificate":
      return CERTIFICATE_ADVICE[fault.problem];
    case "no_tls":
      return NO_TLS;
    case "login":
      return adviseOnCredential(adviser);
    case "client_id":
      return "let the broker take client ids that begin with agent, tracker, hub or doctor " +
        "(clientid_prefixes in mosquitto.conf)";
    case "subscription":
      return "let this user read all below the topic root (rpi-cluster-alert.acl for Mosquitto)";
    case "no_greeting":
    case "closed":
    case "broken":
      return adviseOnSilence(adviser);
  }
}

/** A published message did not come back. Brokers drop forbidden publications without an error. */
export function echoAdvice({ mqtt: { username }, node: { id } }: Adviser): string {
  if (id === HUB_USER) {
    return `let the hub's user write below hub/ (rpi-cluster-alert.acl for Mosquitto); "rpi-cluster-hub ` +
      `enrol ${HUB_USER}" prints a credential that may`;
  }
  if (username !== undefined && username !== id) {
    return `a node writes under its own name alone: make [node] id "${id}" and [mqtt] username ` +
      `"${username}" the same`;
  }
  return "let this user write below nodes/ID/ of its own, and read all (rpi-cluster-alert.acl for Mosquitto)";
}

/** The broker ends each connection soon after its start. */
export const TAKE_OVER_ADVICE =
  "the agent and the tracker of a Pi may share a user name, but no client id: take " +
  "use_username_as_clientid out of mosquitto.conf; else look for a second Pi with the same [node] id";

/**
 * For a Pi whose configuration is the sample as it is shipped, else undefined. A hub with the same
 * has its own broker.
 */
export function enrolmentAdvice(
  { mqtt: { host, port, username }, node: { id } }: Adviser,
): string | undefined {
  const isDefault = username === undefined && host === "127.0.0.1" && port === PLAIN_PORT;
  if (!isDefault || id === HUB_USER) return undefined;
  return `this Pi has no hub yet: on the hub's machine "sudo rpi-cluster-hub enrol ${id}" prints the ` +
    "line to run here";
}

function adviseOnCredential({ mqtt: { username }, node: { id } }: Adviser): string {
  const enrol = `sudo rpi-cluster-hub enrol ${id}`;
  if (username === undefined) {
    return `set [mqtt] username and password: on the hub's Pi "${enrol}" prints them`;
  }
  return "user name or password is wrong, or was revoked: on the hub's Pi " +
    `"${enrol} --renew" prints a new one`;
}

function adviseOnSilence({ mqtt: { tls, port } }: Adviser): string {
  if (tls) return NO_TLS;
  if (port === TLS_PORT) return "the port is that of TLS: write mqtts:// in [mqtt] url";
  return `is it an MQTT broker that has port ${port}? With TLS it takes mqtts:// in [mqtt] url`;
}
