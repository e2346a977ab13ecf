/**
 * Commands to Mosquitto's dynamic-security plugin: a role with the rules of `access.ts` for each
 * user, because Mosquitto 2.0 has no patterns with a user's name in roles.
 */

import { HUB_USER } from "./access.ts";
import { topicsOf } from "./topics.ts";

export const CONTROL_TOPIC = "$CONTROL/dynamic-security/v1";
export const CONTROL_REPLIES = `${CONTROL_TOPIC}/response`;
/** How many messages Mosquitto has dropped, which the hub alone may read. */
const DROPPED_TOPIC = "$SYS/broker/publish/messages/dropped";
const CONTROL_TOPICS = "$CONTROL/dynamic-security/#";
/** The beginning of each of our roles. */
const ROLE_PREFIX = "rpi-cluster ";

/** A command, as the plugin reads it. */
export interface ControlCommand {
  readonly command: string;
  readonly [key: string]: unknown;
}

/** What a role allows. */
export interface RoleRule {
  readonly acltype: "publishClientSend" | "publishClientReceive" | "subscribePattern";
  readonly topic: string;
  readonly priority: number;
  readonly allow: true;
}

export function roleOf(user: string): string {
  return ROLE_PREFIX + user;
}

/** Returns the user of a role; `undefined` for a role that is not ours. */
export function userOfRole(role: string): string | undefined {
  return role.startsWith(ROLE_PREFIX) ? role.slice(ROLE_PREFIX.length) : undefined;
}

/** What a user may publish and subscribe to. */
export function rulesOf(user: string, root: string): readonly RoleRule[] {
  const topics = topicsOf(root);
  if (user === HUB_USER) {
    return [
      ...rules("publishClientSend", [topics.all, CONTROL_TOPICS]),
      ...reading([topics.all, CONTROL_TOPICS, DROPPED_TOPIC]),
    ];
  }
  const own = [
    topics.status(user),
    topics.heartbeat(user),
    topics.vitals(user),
    topics.echo(user),
    topics.alarm,
  ];
  return [...rules("publishClientSend", own), ...reading([topics.all])];
}

function reading(topics: readonly string[]): readonly RoleRule[] {
  return [...rules("subscribePattern", topics), ...rules("publishClientReceive", topics)];
}

function rules(acltype: RoleRule["acltype"], topics: readonly string[]): readonly RoleRule[] {
  return topics.map((topic) => ({ acltype, topic, priority: 0, allow: true }));
}

export function createRole(user: string, root: string): ControlCommand {
  return { command: "createRole", rolename: roleOf(user), acls: rulesOf(user, root) };
}

export function createClient(username: string, password: string): ControlCommand {
  const roles = [{ rolename: roleOf(username), priority: 0 }];
  return { command: "createClient", username, password, roles };
}

/** Gives an existing client our role, and a new password if there is one. Ends its connections. */
export function modifyClient(username: string, password?: string): ControlCommand {
  const roles = [{ rolename: roleOf(username), priority: 0 }];
  return {
    command: "modifyClient",
    username,
    ...(password === undefined ? {} : { password }),
    roles,
  };
}

/** Removes a client, its connections and its role. */
export function removeClient(username: string): readonly ControlCommand[] {
  return [
    { command: "deleteClient", username },
    { command: "deleteRole", rolename: roleOf(username) },
  ];
}

/** Lists the names of some clients or roles, from `offset` on. */
export function list(
  what: "clients" | "roles",
  { offset, count }: { readonly offset: number; readonly count: number },
): ControlCommand {
  const command = what === "clients" ? "listClients" : "listRoles";
  return { command, verbose: false, offset, count };
}
