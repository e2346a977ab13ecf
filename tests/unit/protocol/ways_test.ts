/** The ways to a node on the wire, and what is judged of them. */

import assert from "node:assert/strict";
import {
  accessFaultOf,
  judgeWays,
  KEY_WARNING_MS,
  type WayReadings,
  type Ways,
  waysChanged,
} from "../../../core/protocol/ways.ts";
import { decodeWays } from "../../../core/protocol/ways_decoding.ts";
import { encodeVitals } from "../../../core/protocol/wire_encoding.ts";
import { message, VITALS } from "../../support/nodes/wire_messages.ts";

const NOW_MS = Date.UTC(2026, 10, 30);
const NOTHING: WayReadings = {
  ssh: { port: 22, listening: "nobody" },
  vnc: { port: 5900, listening: "nobody" },
  connect: undefined,
  tailscale: undefined,
  remoteit: undefined,
};

function judged(readings: Partial<WayReadings>): Ways {
  return judgeWays({ ...NOTHING, ...readings }, NOW_MS);
}

Deno.test("what is not installed is absent, and a port where nobody listens is off", () => {
  assert.deepEqual(judged({}), {
    ssh: { state: "down", port: 22 },
    vnc: { state: "down", port: 5900 },
  });
});

Deno.test("a port that is open to this machine alone, or that nobody may look at, is not up", () => {
  const ways = judged({
    ssh: { port: 2222, listening: "itself" },
    vnc: { port: 5900, listening: "unknown" },
  });
  assert.deepEqual(ways.ssh, { state: "local", port: 2222 });
  assert.deepEqual(ways.vnc, { state: "unknown", port: 5900 });
});

Deno.test("Connect that nothing starts at boot warns while it runs, and only if that is known", () => {
  const connect = (isRunning: boolean | undefined, startsAtBoot: boolean | undefined) =>
    judged({ connect: { isRunning, startsAtBoot } }).connect;
  assert.deepEqual(connect(true, false), { state: "up", warning: "not_after_reboot" });
  assert.deepEqual(connect(true, true), { state: "up" });
  assert.deepEqual(connect(true, undefined), { state: "up" });
  assert.deepEqual(connect(false, undefined), { state: "down" });
  assert.deepEqual(connect(undefined, undefined), { state: "unknown" });
});

Deno.test("a Tailscale key warns a week before it expires, and not where it never does", () => {
  const tailscale = (expiresAtMs: number | undefined) =>
    judged({ tailscale: { isRunning: true, host: "john-snow.tail1.ts.net", expiresAtMs } });
  const warnings = [
    undefined,
    NOW_MS + KEY_WARNING_MS + 1,
    NOW_MS + KEY_WARNING_MS,
    NOW_MS + 1,
    NOW_MS,
  ]
    .map((atMs) => tailscale(atMs).tailscale?.warning);
  assert.deepEqual(warnings, [undefined, undefined, "key_expires", "key_expires", "key_expired"]);
  assert.equal(accessFaultOf(tailscale(NOW_MS)), "key_expired");
  assert.equal(accessFaultOf(tailscale(undefined)), undefined);
  assert.equal(tailscale(NOW_MS + 1).tailscale?.expires_at, "2026-11-30T00:00:00.001Z");
});

Deno.test("only a key's end notifies people: a reboot may never come", () => {
  assert.equal(
    accessFaultOf(judged({ connect: { isRunning: true, startsAtBoot: false } })),
    undefined,
  );
});

Deno.test("ways are decoded as they were encoded", () => {
  const ways = judged({
    ssh: { port: 22, listening: "everybody" },
    connect: { isRunning: true, startsAtBoot: false },
    tailscale: { isRunning: true, host: "john-snow.tail1.ts.net", expiresAtMs: NOW_MS },
    remoteit: { isRunning: undefined },
  });
  assert.deepEqual(message(VITALS, encodeVitals("s", { vitals: {}, ways })), {
    kind: "vitals",
    session: "s",
    vitals: {},
    ways,
  });
});

Deno.test("an agent that says nothing of its ways is heard as before", () => {
  assert.deepEqual(message(VITALS, { session: "s" }), { kind: "vitals", session: "s", vitals: {} });
});

Deno.test("what is no way is ignored, and never the vitals beside it", () => {
  const vitals = { temperature: { value: 48, level: "ok" } };
  for (const ways of [null, 7, "ssh", [], { ssh: 7 }, { ssh: null }, { telnet: { state: "up" } }]) {
    const heard = message(VITALS, { session: "s", ...vitals, ways });
    assert.ok(heard.kind === "vitals");
    assert.deepEqual(heard.vitals, vitals);
    assert.deepEqual(heard.ways ?? {}, {}, JSON.stringify(ways));
  }
  // A vital of this name would hide the ways.
  const hidden = message(VITALS, { session: "s", ways: { value: 7, level: "ok" } });
  assert.deepEqual(hidden, { kind: "vitals", session: "s", vitals: {}, ways: {} });
});

Deno.test("a hostile value counts as absent, and a hostile state as unknown", () => {
  const hosts = [
    "a b",
    "a;reboot",
    "$(reboot)",
    "-oProxyCommand=x",
    "A",
    "a..b",
    "x".repeat(254),
    "",
  ];
  for (const host of hosts) {
    assert.deepEqual(decodeWays({ tailscale: { state: "up", host } }), {
      tailscale: { state: "up" },
    });
  }
  for (const port of [0, -1, 65_536, 1.5, "22", null]) {
    assert.deepEqual(decodeWays({ ssh: { state: "up", port } }), { ssh: { state: "up" } });
  }
  for (const expires_at of ["soon", 7, "2026-13-01T00:00:00Z", "1".repeat(99)]) {
    assert.deepEqual(decodeWays({ tailscale: { state: "up", expires_at } }), {
      tailscale: { state: "up" },
    });
  }
  assert.deepEqual(decodeWays({ ssh: { state: "__proto__", warning: "fire" } }), {
    ssh: { state: "unknown" },
  });
  assert.deepEqual(
    decodeWays({ tailscale: { state: "up", expires_at: "2026-11-30T01:00:00+01:00" } }),
    {
      tailscale: { state: "up", expires_at: "2026-11-30T00:00:00.000Z" },
    },
  );
});

Deno.test("any change of a way is worth a message", () => {
  const before = judged({});
  assert.equal(waysChanged(undefined, before), true);
  assert.equal(waysChanged(before, judged({})), false);
  assert.equal(waysChanged(before, judged({ ssh: { port: 22, listening: "everybody" } })), true);
});
