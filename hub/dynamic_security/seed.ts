/**
 * The plugin's own file as the hub would write it, from the hub's password file. Mosquitto begins with
 * it where it has none: when the plugin is new, so that all Pis keep their passwords, and when its
 * file was lost.
 */

import { join } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { roleOf, type RoleRule, rulesOf } from "../../core/protocol/control.ts";
import { replaceFile } from "../../io/files/atomic_file.ts";
import { hashParts } from "../credentials/password_hash.ts";

/** It has the hashes of all passwords. */
const FILE_MODE = 0o600;

/** Returns the path of the file; the sample for Mosquitto's unit names it. */
export function seedFile({ hub }: Pick<Config, "hub">): string {
  return join(hub.stateDir, "dynamic-security.json");
}

/** Replaces the file. Throws when it cannot be written. */
export function writeSeed(
  config: Pick<Config, "hub" | "mqtt">,
  hashes: ReadonlyMap<string, string>,
): void {
  replaceFile(seedFile(config), seedText(hashes, config.mqtt.topicRoot), FILE_MODE);
}

/** The content of the file. A user whose hash has another format is left out. */
export function seedText(hashes: ReadonlyMap<string, string>, root: string): string {
  const users = [...hashes].flatMap(([user, hash]) => {
    const parts = hashParts(hash);
    return parts === undefined ? [] : [{ user, ...parts }];
  });
  return JSON.stringify({
    defaultACLAccess: {
      publishClientSend: false,
      publishClientReceive: true,
      subscribe: false,
      unsubscribe: true,
    },
    clients: users.map(({ user: username, iterations, salt, hash: password }) => ({
      username,
      roles: [{ rolename: roleOf(username), priority: 0 }],
      password,
      salt,
      iterations,
    })),
    groups: [],
    roles: users.map(({ user }) => roleEntry(user, rulesOf(user, root))),
  });
}

function roleEntry(user: string, acls: readonly RoleRule[]) {
  return { rolename: roleOf(user), acls };
}
