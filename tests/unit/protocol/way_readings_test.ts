/** What the kernel's tables, the list of users and Tailscale say of the ways to a machine. */

import assert from "node:assert/strict";
import { listeningOn } from "../../../vitals/listening.ts";
import { stateFrom } from "../../../vitals/tailscale.ts";
import { peopleOf } from "../../../vitals/user_services.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const REST = "00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0";

function row(address: string, port: number, state = "0A"): string {
  const local = `${address}:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const remote = address.length === 8 ? "00000000:0000" : `${"0".repeat(32)}:0000`;
  return `   0: ${local} ${remote} ${state} ${REST}\n`;
}

const ALL_4 = "00000000";
const LOOPBACK_4 = "0100007F";
const LAN_4 = "0701A8C0";
const ALL_6 = "0".repeat(32);
const LOOPBACK_6 = `${"0".repeat(24)}01000000`;
const MAPPED_LOOPBACK = "0000000000000000FFFF00000100007F";

Deno.test("a port is open to everybody, to the machine itself, or to nobody", () => {
  const on = (...rows: string[]) => listeningOn(22, [HEAD + rows.join(""), HEAD]);
  assert.equal(on(row(ALL_4, 22)), "everybody");
  assert.equal(on(row(LAN_4, 22)), "everybody");
  assert.equal(on(row(LOOPBACK_4, 22)), "itself");
  assert.equal(on(row(LOOPBACK_4, 22), row(LAN_4, 22)), "everybody");
  assert.equal(on(row(ALL_4, 5900)), "nobody");
  assert.equal(on(row(ALL_4, 22, "01")), "nobody", "an SSH connection of this machine's own");
});

Deno.test("IPv6 counts as well", () => {
  const on = (rows: string) => listeningOn(5900, [HEAD, HEAD + rows]);
  assert.equal(on(row(ALL_6, 5900)), "everybody");
  assert.equal(on(row(LOOPBACK_6, 5900)), "itself");
  assert.equal(on(row(MAPPED_LOOPBACK, 5900)), "itself");
  assert.equal(listeningOn(5900, [HEAD, undefined]), "nobody", "a kernel without IPv6");
});

Deno.test("a table that cannot be read, or that is cut among the listening ones, proves nothing", () => {
  assert.equal(listeningOn(22, [undefined, HEAD]), "unknown");
  assert.equal(listeningOn(22, [undefined, HEAD + row(ALL_6, 22)]), "everybody");
  const cut = (HEAD + row(ALL_4, 80)).trimEnd();
  assert.equal(listeningOn(22, [cut, HEAD]), "unknown");
  const enough = (HEAD + row(ALL_4, 80) + row(LAN_4, 80, "01")).trimEnd() + "\n   9: 07";
  assert.equal(listeningOn(22, [enough, HEAD]), "nobody");
});

Deno.test("people are the users with a person's number", () => {
  const users = "root:x:0:0:root:/root:/bin/bash\nmosquitto:x:112:118::/:/usr/sbin/nologin\n" +
    "alice:x:1000:1000:,,,:/home/alice:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n" +
    "../../etc:x:1001:1001::/:/bin/sh\nbroken\n";
  assert.deepEqual(peopleOf(users), [{ name: "alice", id: 1000 }]);
  assert.deepEqual(peopleOf(undefined), []);
  const many = Array.from({ length: 20 }, (_, index) => `u${index}:x:${1000 + index}:0:::`);
  assert.equal(peopleOf(many.join("\n")).length, 8);
});

Deno.test("Tailscale's state names the machine, and when its key expires", () => {
  assert.deepEqual(
    stateFrom({
      BackendState: "Running",
      Self: { DNSName: "John-Snow.tail1.ts.net.", KeyExpiry: "2026-12-06T10:00:00Z" },
    }),
    {
      isRunning: true,
      host: "john-snow.tail1.ts.net",
      expiresAtMs: Date.UTC(2026, 11, 6, 10),
    },
  );
  assert.deepEqual(stateFrom({ BackendState: "NeedsLogin", Self: { DNSName: "" } }), {
    isRunning: false,
    host: undefined,
    expiresAtMs: undefined,
  });
});

Deno.test("what Tailscale does not say is not known, and Go's zero time is no expiry", () => {
  const nothing = { isRunning: undefined, host: undefined, expiresAtMs: undefined };
  for (const status of [undefined, null, 7, "Running", [], {}, { Self: 7, BackendState: 7 }]) {
    assert.deepEqual(stateFrom(status), nothing);
  }
  for (const KeyExpiry of ["0001-01-01T00:00:00Z", "soon", "", 7]) {
    assert.equal(stateFrom({ Self: { KeyExpiry } }).expiresAtMs, undefined);
  }
});
