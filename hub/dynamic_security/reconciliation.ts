/** Compares the hub's credentials with those of Mosquitto's plugin. */

import { userOfRole } from "../../core/protocol/control.ts";

export interface Differences {
  /** Users that the hub has revoked. */
  readonly surplus: readonly string[];
  /** Users whose client exists without our role. */
  readonly unlinked: readonly string[];
  /** Users that Mosquitto does not know. Only a new password, or its old file, can bring them back. */
  readonly missing: readonly string[];
}

/** Clients and roles that are not ours stay as they are. */
export function differencesOf(
  { users, clients, roles }: {
    /** The users with a credential of the hub. */
    readonly users: Iterable<string>;
    /** The names of all clients and roles of Mosquitto. */
    readonly clients: Iterable<string>;
    readonly roles: Iterable<string>;
  },
): Differences {
  const own = new Set(users);
  const known = new Set(clients);
  const linked = new Set([...roles].flatMap((role) => userOfRole(role) ?? []));
  return {
    surplus: [...linked].filter((user) => !own.has(user)),
    unlinked: [...own].filter((user) => known.has(user) && !linked.has(user)),
    missing: [...own].filter((user) => !known.has(user)),
  };
}
