/** When the hub makes a new certificate, for which names, and who may come without TLS. */

import assert from "node:assert/strict";
import { decodeConfig } from "../../../core/config/config.ts";
import type { Config } from "../../../core/config/settings.ts";
import { covers } from "../../../hub/tls/certificate_facts.ts";
import { isDue, nextNames } from "../../../hub/tls/own_tls.ts";
import { plainAccess, plainBrokerListen } from "../../../hub/tls/plain_access.ts";
import { NAMES_MAX, serverNames } from "../../../hub/tls/server_names.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";

const DAY_MS = 24 * 3_600_000;
const NOW_MS = Date.UTC(2027, 5, 1);

function configOf(hub: string): Config {
  const result = decodeConfig(parseConfigText(`[hub]\n${hub}\n`, "hub.ini"), { hostname: "hub" });
  assert.ok(result.ok, JSON.stringify(result));
  return result.config;
}

Deno.test("a certificate is made anew well before its end, and when an address is new", () => {
  const names = new Set(["hub.local", "192.168.1.7"]);
  const due = (endMs: number, wanted: readonly string[], wallMs = NOW_MS) =>
    isDue({ endMs, names }, { names: wanted, wallMs });
  assert.equal(due(NOW_MS + 200 * DAY_MS, ["hub.local"]), false);
  assert.equal(due(NOW_MS + 100 * DAY_MS, ["hub.local"]), true);
  assert.equal(due(NOW_MS - DAY_MS, ["hub.local"]), true);
  assert.equal(due(NOW_MS + 200 * DAY_MS, ["hub.local", "10.0.0.3"]), true);
});

Deno.test("a clock that shows 1970 makes no certificate that ends before today", () => {
  const endMs = Date.UTC(1971, 0, 1);
  const wanted = { names: [], wallMs: 5000 };
  assert.equal(isDue({ endMs, names: new Set() }, wanted), true);
  assert.equal(isDue({ endMs: NOW_MS + 400 * DAY_MS, names: new Set() }, wanted), false);
});

Deno.test("a new certificate keeps the addresses of yesterday, as far as there is room", () => {
  assert.deepEqual(nextNames(["a", "b"], new Set(["b", "c"])), ["a", "b", "c"]);
  const many = Array.from({ length: 2 * NAMES_MAX }, (_, index) => `pi-${index}`);
  assert.deepEqual(nextNames(["hub"], new Set(many)), ["hub", ...many].slice(0, NAMES_MAX));
});

Deno.test("the names are those by which others reach the hub, the mDNS name first", () => {
  const config = configOf(
    "names = pis.example.org\npublic_address = https://cluster.example.org:8443/hub\n" +
      "https_listen = 192.0.2.9:8443",
  );
  const names = serverNames(config, {
    hostname: "Winterfell.lan",
    interfaces: [
      { name: "docker0", family: "IPv4", address: "172.17.0.1" },
      { name: "eth0", family: "IPv6", address: "fe80::1" },
      { name: "eth0", family: "IPv6", address: "2001:DB8:0::7" },
      { name: "eth0", family: "IPv4", address: "192.168.1.5" },
    ],
  });
  assert.equal(names[0], "winterfell.local");
  for (const name of ["winterfell.lan", "winterfell", "pis.example.org", "cluster.example.org"]) {
    assert.ok(names.includes(name), name);
  }
  assert.deepEqual(names.slice(names.indexOf("localhost")), [
    "localhost",
    "127.0.0.1",
    "::1",
    "192.0.2.9",
    "192.168.1.5",
    "2001:db8::7",
    "fe80::1",
    "172.17.0.1",
  ]);
});

Deno.test("a host name that no certificate can hold is left out", () => {
  const names = serverNames(configOf(""), { hostname: "my pi", interfaces: [] });
  assert.deepEqual(names, ["localhost", "127.0.0.1", "::1"]);
});

Deno.test("a certificate covers its names, addresses in any spelling, and one level by a wildcard", () => {
  const names = new Set(["hub.local", "*.example.org", "2001:db8::7"]);
  for (const host of ["HUB.local", "hub.local.", "pis.example.org", "2001:db8:0::7"]) {
    assert.ok(covers({ names }, host), host);
  }
  for (const host of ["hub", "example.org", "a.pis.example.org", "2001:db8::8"]) {
    assert.ok(!covers({ names }, host), host);
  }
});

Deno.test("a new hub with TLS serves only its own machine without it, an older one goes on", () => {
  const of = (hasTls: boolean, ranBefore: boolean) => plainAccess(undefined, { hasTls, ranBefore });
  assert.equal(of(true, false), "loopback");
  assert.equal(of(true, true), "lan");
  assert.equal(of(false, false), "lan");
  assert.equal(plainAccess("no", { hasTls: true, ranBefore: true }), "no");
});

Deno.test("without TLS the broker listens where that is wanted, and always for the hub itself", () => {
  const broker = (hub: string, access: "loopback" | "lan" | "no") => {
    const { hostname, port } = plainBrokerListen(configOf(hub).hub, access);
    return `${hostname} ${port}`;
  };
  assert.equal(broker("", "lan"), "* 1883");
  assert.equal(broker("", "loopback"), "localhost 1883");
  assert.equal(broker("broker_listen = 0.0.0.0:1883", "loopback"), "127.0.0.1 1883");
  assert.equal(broker("broker_listen = 192.0.2.7:1884", "loopback"), "127.0.0.1 1884");
  assert.equal(broker("broker_listen = [::1]:1884", "loopback"), "::1 1884");
  assert.equal(broker("", "no"), "127.0.0.1 0");
});
