/** `hub enrol` and `hub revoke`: a node's credential, and the `config.ini` for its Pi. */

import { join } from "node:path";
import { CONFIG_SECTIONS } from "../../core/config/rows.ts";
import type { Config, Endpoint } from "../../core/config/settings.ts";
import { parseName } from "../../core/config/values.ts";
import { bracketed, isAddress, isAnyHost } from "../../core/network/host.ts";
import { BROKER_NODES_MAX } from "../../core/limits/connection_budget.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import { NODES_MAX } from "../../core/protocol/wire.ts";
import { UsageError } from "../../io/program/user_error.ts";
import { openStateFolder } from "../host/state_folder.ts";
import { Credentials } from "./credentials.ts";
import { hostName, reachableAddress } from "./reachable_address.ts";

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
}

/** What a person must do after a change of credentials, if anything. */
export function applyCommand({ hub }: Pick<Config, "hub">): string | undefined {
  const hasFiles = hub.broker === "none" && hub.mosquitto === "password_file";
  return hasFiles ? MOSQUITTO_RELOAD : undefined;
}

/** Returns the path of the password file, for the embedded broker and for Mosquitto. */
export function passwordFile(config: Config): string {
  return join(config.hub.stateDir, "passwd");
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
export function enrol({ config, id, name = id }: Enrolment): string {
  const shown = validName({ config, id, name });
  openStateFolder(config);
  const password = new Credentials(passwordFile(config)).enrol(id);
  return configText({ config, id, name: shown }, password);
}

/** Like `enrol`, for a running hub: the credential is valid at once, and the disk does not block the hub. */
export async function enrolInHub(
  credentials: Credentials,
  { config, id, name = id }: Enrolment,
): Promise<string> {
  const shown = validName({ config, id, name });
  const password = await credentials.enrolInBackground(id);
  return configText({ config, id, name: shown }, password);
}

type NamedEnrolment = Enrolment & { readonly name: string };

/** Returns the display name. Throws a `UserError` for a node that cannot be enrolled. */
function validName({ config, id, name }: NamedEnrolment): string {
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

function configText({ config, id, name }: NamedEnrolment, password: string): string {
  const mqtt = mqttSection(config, id, password);
  const node = id === HUB_USER ? [] : ["", "[node]", `id = ${id}`, `name = ${name}`];
  return [...remarks(config, id), ...mqtt, ...node, ""].join("\n");
}

/**
 * Ends the node's credential. Returns false when it had none. Throws a `UserError` like `enrol`.
 */
export function revoke({ config, id }: Pick<Enrolment, "config" | "id">): boolean {
  return new Credentials(passwordFile(config)).revoke(id);
}

function remarks(config: Config, id: string): readonly string[] {
  const { hostname, port } = broker(config);
  const lines = [
    id === HUB_USER
      ? "# For the hub's own configuration, /etc/rpi-cluster-alert/hub.ini."
      : `# /etc/rpi-cluster-alert/config.ini of the Pi "${id}".`,
    "# It holds a password: let only its user read it.",
  ];
  if (isLoopback(hostname)) {
    lines.push("# The broker listens on this machine alone ([hub] broker_listen).");
  } else if (isAddress(hostname)) {
    lines.push(`# Should the address change: url = ${urlOf(config, `${hostName()}.local`, port)}`);
  }
  const command = applyCommand(config);
  if (command !== undefined) lines.push(`# Mosquitto knows the password after: ${command}`);
  return lines;
}

function mqttSection(config: Config, id: string, password: string): readonly string[] {
  const { hostname, port } = broker(config);
  const { topicRoot, tls, caFile } = config.mqtt;
  const lines = [
    "[mqtt]",
    `url = ${urlOf(config, hostname, port)}`,
    `username = ${id}`,
    `password = ${password}`,
  ];
  if (config.hub.broker === "none" && tls && caFile !== undefined) {
    lines.push("# Copy this file onto the Pi, too.", `ca_file = ${caFile}`);
  }
  if (topicRoot !== CONFIG_SECTIONS.mqtt.topic_root.default) {
    lines.push(`topic_root = ${topicRoot}`);
  }
  return lines;
}

/** Returns the broker's address as another machine reaches it. */
function broker({ hub, mqtt }: Config): Endpoint {
  if (hub.broker === "none") {
    const hostname = isLoopback(mqtt.host) ? reachableAddress() : mqtt.host;
    return { hostname, port: mqtt.port };
  }
  const { hostname, port } = hub.brokerListen;
  return { hostname: isAnyHost(hostname) ? reachableAddress() : hostname, port };
}

function urlOf({ hub, mqtt }: Config, hostname: string, port: number): string {
  const scheme = hub.broker === "none" && mqtt.tls ? "mqtts" : "mqtt";
  return `${scheme}://${bracketed(hostname)}:${port}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || hostname.startsWith("127.");
}
