/** The panel that says how a node is reached. */

import assert from "node:assert/strict";
import type { NodeView } from "../../../core/api/node_view.ts";
import { reachRows, waysUp } from "../../../web/node_page/reach.ts";
import { wayWarnings } from "../../../web/words/way_text.ts";
import { AT, node } from "../../support/page/page_views.ts";

const FACTS = { hostname: "john-snow", addresses: ["192.168.1.7"] };
const SSH = { ssh: { state: "up", port: 22 } } as const;

/** What a row shows: its words, its state, its command, its link. */
function rows(other: Partial<NodeView>): readonly string[] {
  return reachRows(node("John Snow", "alive", { facts: FACTS, ...other })).map((row) =>
    [row.words, row.way?.state, row.command, row.open?.address]
      .map((part) => part ?? "-").join(" | ")
  );
}

Deno.test("the owner's links come first, with their names and the states of their ways", () => {
  assert.deepEqual(
    rows({
      remote: [
        "ssh://alice@john-snow.local",
        "https://connect.raspberrypi.com/devices/7",
        "https://john-snow.local:9090",
      ],
      remote_names: ["", "Connect", "Cockpit"],
      ways: { ...SSH, connect: { state: "up" }, vnc: { state: "down", port: 5900 } },
    }),
    [
      "SSH | up | ssh alice@john-snow.local | ssh://alice@john-snow.local",
      "Connect | up | - | https://connect.raspberrypi.com/devices/7",
      "Cockpit | - | - | https://john-snow.local:9090",
    ],
  );
});

Deno.test("a way without a link has the command or the page that leads there", () => {
  assert.deepEqual(
    rows({
      ways: {
        ...SSH,
        vnc: { state: "up", port: 5901 },
        connect: { state: "down" },
        tailscale: { state: "up", host: "john-snow.tail1.ts.net" },
        remoteit: { state: "unknown" },
      },
    }),
    [
      "SSH | up | ssh john-snow.local | -",
      "VNC | up | - | vnc://john-snow.local:5901",
      "Raspberry Pi Connect | down | - | https://connect.raspberrypi.com/devices",
      "Tailscale | up | tailscale ssh john-snow.tail1.ts.net | -",
      "remote.it | unknown | - | https://app.remote.it/",
    ],
  );
});

Deno.test("another port is in the command, and an address where there is no name", () => {
  assert.deepEqual(
    rows({
      remote: ["ssh://alice@[fd00::7]:2222"],
      ways: { ssh: { state: "local", port: 2222 } },
    }),
    ["SSH | local | ssh -p 2222 alice@fd00::7 | ssh://alice@[fd00::7]:2222"],
  );
  assert.deepEqual(
    rows({ facts: { addresses: ["192.168.1.7"] }, ways: { ssh: { state: "up", port: 2222 } } }),
    ["SSH | up | ssh -p 2222 192.168.1.7 | -"],
  );
});

Deno.test("what a node says of itself never becomes another command", () => {
  for (const hostname of ["a;reboot", "-oProxyCommand=reboot", "$(reboot)", "a b", "`x`"]) {
    assert.deepEqual(rows({ facts: { hostname, addresses: [hostname] }, ways: SSH }), [
      "SSH | up | - | -",
    ]);
  }
  assert.deepEqual(
    rows({ ways: { tailscale: { state: "up", host: "x;reboot" } } }),
    ["Tailscale | up | - | -"],
  );
});

Deno.test("a node that says nothing, and a guest, get no panel", () => {
  assert.deepEqual(rows({}), []);
});

Deno.test("the ways that worked are named once each", () => {
  const shown = reachRows(node("John Snow", "dead", {
    remote: ["ssh://a@john-snow.local", "ssh://b@john-snow.local"],
    ways: { ...SSH, vnc: { state: "local", port: 5900 }, tailscale: { state: "up" } },
  }));
  assert.deepEqual(waysUp(shown), ["SSH", "Tailscale"]);
});

Deno.test("a way that will end says so, in whole days", () => {
  const expiring = (expires_at: string) =>
    wayWarnings(
      { ways: { tailscale: { state: "up", expires_at, warning: "key_expires" } } },
      AT,
    ).join();
  assert.equal(expiring("2026-03-07T14:00:00.000Z"), "Tailscale key expires in 6 days");
  assert.equal(expiring("2026-03-02T14:00:00.000Z"), "Tailscale key expires in 1 day");
  assert.equal(expiring("2026-03-01T14:00:00.000Z"), "Tailscale key expires within a day");
  const both = wayWarnings({
    ways: {
      connect: { state: "up", warning: "not_after_reboot" },
      tailscale: { state: "down", warning: "key_expired" },
    },
  }, AT);
  assert.deepEqual(both, [
    "Connect will not survive a reboot: lingering is off",
    "Tailscale key has expired",
  ]);
});
