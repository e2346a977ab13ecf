/** What the hub changes at Mosquitto's plugin, and what it leaves alone. */

import assert from "node:assert/strict";
import { differencesOf } from "../../../hub/dynamic_security/reconciliation.ts";
import { seedText } from "../../../hub/dynamic_security/seed.ts";
import { hashPassword } from "../../../hub/credentials/password_hash.ts";

Deno.test("revoked users are surplus, and clients of others are nobody's business", () => {
  assert.deepEqual(
    differencesOf({
      users: ["hub", "arya", "bran"],
      clients: ["hub", "arya", "home-assistant", "sansa"],
      roles: ["rpi-cluster hub", "rpi-cluster sansa", "admin"],
    }),
    { surplus: ["sansa"], unlinked: ["arya"], missing: ["bran"] },
  );
});

Deno.test("the file for the plugin has each user with its hash, role and rules, and no other line", () => {
  const hashes = new Map([["hub", hashPassword("a")], ["arya", hashPassword("b")], ["odd", "x"]]);
  const { clients, roles, defaultACLAccess } = JSON.parse(seedText(hashes, "rpi-cluster"));
  assert.deepEqual(clients.map(({ username }: { username: string }) => username), ["hub", "arya"]);
  const [, , iterations, salt, hash] = hashes.get("arya")?.split("$") ?? [];
  assert.deepEqual(clients[1], {
    username: "arya",
    roles: [{ rolename: "rpi-cluster arya", priority: 0 }],
    password: hash,
    salt,
    iterations: Number(iterations),
  });
  assert.deepEqual(roles.map(({ rolename }: { rolename: string }) => rolename), [
    "rpi-cluster hub",
    "rpi-cluster arya",
  ]);
  assert.equal(defaultACLAccess.publishClientSend, false);
  assert.equal(defaultACLAccess.subscribe, false);
});
