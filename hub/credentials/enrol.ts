/** `hub enrol` and `hub revoke`: a node's credential, and the `config.ini` for its Pi. */

import { CONFIG_SECTIONS } from "../../core/config/rows.ts";
import type { Config, Endpoint } from "../../core/config/settings.ts";
import { parseName } from "../../core/config/values.ts";
import { ANY_HOST, bracketed, isAddress, isAnyHost } from "../../core/network/host.ts";
import { BROKER_NODES_MAX } from "../../core/limits/connection_budget.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import { NODES_MAX } from "../../core/protocol/wire.ts";
import { UsageError } from "../../io/program/user_error.ts";
import { openStateFolder, passwordFile } from "../host/state_folder.ts";
import { Credentials } from "./credentials.ts";
import type { TlsIdentity } from "../tls/identity.ts";
import { base64Of } from "../tls/pem.ts";
import { hostName, reachableAddress, reachableName } from "./reachable_address.ts";

export { passwordFile };

/** Mosquitto reads a changed password file only on reload. */
export const MOSQUITTO_RELOAD = "systemctl reload mosquitto";
/** A running hub forgets a node that never had a credential only when it restarts. */
export const HUB_RESTART = "systemctl restart hub";

/** The node to enrol, and the hub's own configuration. */
export interface Enrolment {
  readonly config: Config;
  readonly id: string;
  /** The display name. Default: `id`. */
  readonly name?: string | undefined;
  /** The hub's TLS. `undefined`: it has none. */
  readonly identity?: EnrolIdentity | undefined;
}

type EnrolIdentity = Pick<TlsIdentity, "caPem" | "mqttsPort">;

/** What a person must do after a change of credentials, if anything. */
export function applyCommand({ hub }: Pick<Config, "hub">): string | undefined {
  const hasFiles = hub.broker === "none" && hub.mosquitto === "password_file";
  return hasFiles ? MOSQUITTO_RELOAD : undefined;
}

/** The number of nodes that may have a credential, which depends on the broker. */
export function enrolledMax({ hub }: Pick<Config, "hub">): number {
  return hub.broker === "embedded" ? BROKER_NODES_MAX : NODES_MAX;
}

/** Whether the node has a credential, or there is room for another one. */
export function hasRoomFor(id: string, users: readonly string[], config: Config): boolean {
  if (id === HUB_USER || users.includes(id)) return true;
  return users.filter((user) => user !== HUB_USER).length < enrolledMax(config);
}

/**
 * Gives the node a new credential, ends the old one, and returns its `config.ini` including the
 * password. With an external broker `hub` may be enrolled too, for the hub's own configuration.
 * Throws a `UserError` when the id or the name is invalid, or the file cannot be written.
 */
export function enrol({ config, id, name = id, identity }: Enrolment): string {
  const shown = validName({ config, id, name });
  openStateFolder(config);
  const password = new Credentials(passwordFile(config)).enrol(id);
  return configText({ config, id, name: shown, identity }, password);
}

/** Like `enrol`, for a running hub: the credential is valid at once, and the disk does not block the hub. */
export async function enrolInHub(
  credentials: Credentials,
  { config, id, name = id, identity }: Enrolment,
): Promise<string> {
  const shown = validName({ config, id, name });
  const password = await credentials.enrolInBackground(id);
  return configText({ config, id, name: shown, identity }, password);
}

type NamedEnrolment = Enrolment & { readonly name: string };

/** Returns the display name. Throws a `UserError` for a node that cannot be enrolled. */
function validName({ config, id, name }: Omit<NamedEnrolment, "identity">): string {
  if (id === HUB_USER && config.hub.broker === "embedded") {
    throw new UsageError(
      `"${HUB_USER}" is the hub itself, which needs no credential for its own broker`,
    );
  }
  const parsed = parseName(name.trim());
  if (!parsed.ok) {
    throw new UsageError(`Expected ${parsed.expected}, found ${JSON.stringify(name)}`);
  }
  return parsed.value;
}

function configText(enrolment: NamedEnrolment, password: string): string {
  const { config, id, name } = enrolment;
  const broker = brokerOf(enrolment);
  const mqtt = mqttSection(config, id, { broker, password });
  const node = id === HUB_USER ? [] : ["", "[node]", `id = ${id}`, `name = ${name}`];
  return [...remarks(config, id, broker), ...mqtt, ...node, ""].join("\n");
}

/**
 * Ends the node's credential. Returns false when it had none. Throws a `UserError` like `enrol`.
 */
export function revoke({ config, id }: Pick<Enrolment, "config" | "id">): boolean {
  return new Credentials(passwordFile(config)).revoke(id);
}

function remarks(config: Config, id: string, broker: Broker): readonly string[] {
  const { hostname } = broker;
  const lines = [
    id === HUB_USER
      ? "# For the hub's own configuration, /etc/rpi-cluster-alert/hub.ini."
      : `# /etc/rpi-cluster-alert/config.ini of the Pi "${id}".`,
    "# It holds a password: let only its user read it.",
  ];
  const other = isAddress(hostname) ? `${hostName()}.local` : reachableAddress();
  if (isLoopback(hostname)) {
    const key = broker.isTls && config.hub.broker === "embedded" ? "mqtts_listen" : "broker_listen";
    lines.push(`# The broker listens on this machine alone ([hub] ${key}).`);
  } else if (isAddress(hostname)) {
    lines.push(`# Should the address change: url = ${urlOf({ ...broker, hostname: other })}`);
  } else if (hostname.endsWith(".local") && other !== hostname) {
    lines.push(`# Should that name not be found: url = ${urlOf({ ...broker, hostname: other })}`);
  }
  const command = applyCommand(config);
  if (command !== undefined) lines.push(`# Mosquitto knows the password after: ${command}`);
  return lines;
}

function mqttSection(
  config: Config,
  id: string,
  { broker, password }: { readonly broker: Broker; readonly password: string },
): readonly string[] {
  const { topicRoot, caFile } = config.mqtt;
  const lines = [
    "[mqtt]",
    `url = ${[broker, ...furtherOf(config)].map(urlOf).join(", ")}`,
    `username = ${id}`,
    `password = ${password}`,
  ];
  if (broker.ca !== undefined) {
    lines.push(`ca = ${broker.ca}`);
  } else if (broker.isTls && caFile !== undefined) {
    lines.push("# Copy this file onto the Pi, too.", `ca_file = ${caFile}`);
  }
  if (topicRoot !== CONFIG_SECTIONS.mqtt.topic_root.default) {
    lines.push(`topic_root = ${topicRoot}`);
  }
  return lines;
}

/** Where another machine reaches a broker. */
interface BrokerUrl extends Endpoint {
  readonly isTls: boolean;
}

/** The broker as another machine reaches it. */
interface Broker extends BrokerUrl {
  /** The only authority to trust, as one line. */
  readonly ca: string | undefined;
}

function brokerOf({ config: { hub, mqtt }, identity }: NamedEnrolment): Broker {
  if (hub.broker === "none") {
    const hostname = isLoopback(mqtt.host) ? reachableAddress() : mqtt.host;
    return { hostname, port: mqtt.port, isTls: mqtt.tls, ca: mqtt.ca };
  }
  const port = identity?.mqttsPort;
  if (identity === undefined || port === undefined) {
    const { hostname, port } = hub.brokerListen;
    const reached = isAnyHost(hostname) ? reachableAddress() : hostname;
    return { hostname: reached, port, isTls: false, ca: undefined };
  }
  const hostname = hub.mqttsListen?.hostname ?? ANY_HOST;
  return {
    hostname: isAnyHost(hostname) ? reachableName(hub) : hostname,
    port,
    isTls: true,
    ca: base64Of("CERTIFICATE", identity.caPem),
  };
}

/** The brokers after the first one. Those of a hub with its own broker do not know its credentials. */
function furtherOf({ hub, mqtt: { others = [] } }: Config): readonly BrokerUrl[] {
  if (hub.broker === "embedded") return [];
  return others.map(({ hostname, port, tls: isTls }) => ({
    hostname: isLoopback(hostname) ? reachableAddress() : hostname,
    port,
    isTls,
  }));
}

function urlOf({ hostname, port, isTls }: BrokerUrl): string {
  return `${isTls ? "mqtts" : "mqtt"}://${bracketed(hostname)}:${port}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || hostname.startsWith("127.");
}
