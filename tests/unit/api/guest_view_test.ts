/** What a guest must not see, whatever nodes and providers send. */

import assert from "node:assert/strict";
import { guestChange, guestSnapshot } from "../../../core/api/guest_view.ts";
import { AT, delivery, incident, node, NOTIFYING, view } from "../../support/page/page_views.ts";

const SECRETS = [
  "192.168.1.7",
  "fd00::7",
  "10000000abcdef",
  "ssh://",
  "+4915112345678",
  "aa:bb:cc",
  "Cellar",
  "ts.net",
  "Tailscale",
];

const told = node("John Snow", "dead", {
  facts: {
    model: "Raspberry Pi 5",
    os: "Debian",
    addresses: ["192.168.1.7", "fd00::7"],
    serial: "10000000abcdef",
    hostname: "10000000abcdef.local",
    mac: "aa:bb:cc",
  },
  remote: ["ssh://pi@192.168.1.7"],
  remote_names: ["Cellar"],
  ways: { tailscale: { state: "up", host: "john.tail1.ts.net", warning: "key_expired" } },
  warnings: [
    'Two machines claim to be "john-snow" (serial numbers 10000000abcdef, 2)',
    "The Tailscale key has expired",
  ],
  warning_codes: [{ kind: "duplicate_id", serials: ["10000000abcdef", "2"] }],
  group: "attic",
});
const uplink = incident(2, {
  kind: "uplink",
  name: "twilio",
  cause: "no +4915112345678 at ssh://",
  reason: { kind: "provider", code: "recipient", said: "no +4915112345678 at ssh://" },
});
const message = delivery(1, { recipient: "+4915112345678", text: "John Snow at 192.168.1.7" });

const line = {
  id: "s8pQ2mX0aBcD",
  node: "arya",
  name: "Arya",
  step: "fetched",
  failure: null,
  until: AT,
  from: "192.168.1.7",
} as const;

const attacker = {
  reason: "page_login",
  from: "192.168.1.7",
  count: 40,
  since: AT,
  last: AT,
} as const;

function assertOpen(value: unknown): void {
  const text = JSON.stringify(value);
  for (const secret of SECRETS) assert.ok(!text.includes(secret), `${secret} in ${text}`);
}

Deno.test("a guest's snapshot has no addresses, serial numbers, links, recipients, messages or attackers", () => {
  const whole = view([told], {
    incidents: [uplink, incident(1)],
    deliveries: [message],
    refused: [attacker],
    joins: [line],
  });
  const snapshot = guestSnapshot({ kind: "snapshot", ...whole });
  assertOpen(snapshot);
  assert.equal(snapshot.guest, true);
  assert.deepEqual(snapshot.notification, { state: "works", channels: [] });
  assert.deepEqual(snapshot.nodes[0]?.facts, { model: "Raspberry Pi 5", os: "Debian" });
  assert.deepEqual([snapshot.nodes[0]?.name, snapshot.nodes[0]?.group], ["John Snow", "attic"]);
  assert.equal(snapshot.nodes[0]?.warnings.length, 1);
  assert.deepEqual(snapshot.incidents[1], incident(1));
});

Deno.test("a guest's changes have none of them either, and are empty if nothing else changed", () => {
  const change = { kind: "change", seq: 2, at: AT } as const;
  assertOpen(guestChange({
    ...change,
    nodes: [told],
    incidents: [uplink],
    deliveries: [message],
  }));
  const { id: _, vitals: __, ...patch } = told;
  const { patches } = guestChange({ ...change, patches: { "john-snow": patch } });
  assertOpen(patches);
  assert.equal(patches?.["john-snow"]?.liveness, "dead");
  assert.deepEqual(guestChange({ ...change, patches: { "john-snow": { flapping: true } } }), {
    ...change,
    patches: { "john-snow": { flapping: true } },
  });
  assert.deepEqual(guestChange({ ...change, notification: NOTIFYING }), {
    ...change,
    notification: { state: "works", channels: [] },
  });
  const forOwners = { deliveries: [message], refused: [attacker] };
  assert.deepEqual(guestChange({ ...change, ...forOwners }), change);
});
