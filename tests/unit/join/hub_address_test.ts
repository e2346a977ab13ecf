/** The address in the line for a Pi, and by what the Pi recognises the hub. */

import assert from "node:assert/strict";
import type { Config } from "../../../core/config/settings.ts";
import { decodeConfig } from "../../../core/config/config.ts";
import { type AskedAt, hubAddress, isClear } from "../../../hub/join/hub_address.ts";
import { joinCommands } from "../../../hub/join/line.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";

const PIN = "cGlu+/A=";
const IDENTITY = { pinFor: () => PIN, httpsPort: 8443 };
const TOKEN = "t".repeat(32);

function configOf(text: string): Config {
  const result = decodeConfig(parseConfigText(text, "hub.ini"), { hostname: "hub" });
  assert.ok(result.ok);
  return result.config;
}

function addressOf(hub: string, askedAt: AskedAt | undefined, identity?: typeof IDENTITY) {
  return hubAddress({ config: configOf(`[hub]\n${hub}\n`), identity, askedAt });
}

const LISTEN = "listen = 192.0.2.2:8080";

Deno.test("the Pi uses the name by which the person reached the page, over TLS with the hub's key", () => {
  for (const scheme of ["http", undefined] as const) {
    const asked = { host: "hub.local:8080", scheme };
    const { url, pin } = addressOf(LISTEN, asked, IDENTITY);
    assert.deepEqual([url, pin], ["https://hub.local:8443", PIN]);
  }
  const direct = addressOf(LISTEN, { host: "hub.local:8443", scheme: "https" }, IDENTITY);
  assert.deepEqual([direct.url, direct.pin], ["https://hub.local:8443", PIN]);
});

Deno.test("an address that means this machine alone is replaced", () => {
  for (const host of ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"]) {
    const { url } = addressOf(LISTEN, { host, scheme: undefined }, IDENTITY);
    assert.equal(url, "https://192.0.2.2:8443");
    const secure = addressOf(LISTEN, { host, scheme: "https" }, IDENTITY);
    assert.equal(secure.url, "https://192.0.2.2:8443");
  }
  assert.equal(addressOf(LISTEN, undefined, IDENTITY).url, "https://192.0.2.2:8443");
});

Deno.test("behind a proxy with its own certificate no key is pinned", () => {
  const proxied = addressOf(LISTEN, { host: "pis.example.org", scheme: "https" }, IDENTITY);
  assert.deepEqual(proxied, { url: "https://pis.example.org", pin: undefined });
  const named = addressOf(
    `${LISTEN}\npublic_address = https://pis.example.org/`,
    undefined,
    IDENTITY,
  );
  assert.deepEqual(named, { url: "https://pis.example.org", pin: undefined });
  const own = addressOf(
    `${LISTEN}\npublic_address = https://hub.example.org:8443`,
    undefined,
    IDENTITY,
  );
  assert.equal(own.pin, PIN);
});

Deno.test("without TLS the line says http, and that is told unless it stays on this machine", () => {
  const other = addressOf(LISTEN, { host: "hub.lan:8080", scheme: undefined });
  assert.deepEqual([other.url, isClear(other)], ["http://hub.lan:8080", true]);
  const own = addressOf("listen = 127.0.0.1:8080", { host: "127.0.0.1:8080", scheme: undefined });
  assert.deepEqual([own.url, isClear(own)], ["http://127.0.0.1:8080", false]);
  assert.equal(isClear(addressOf(LISTEN, undefined, IDENTITY)), false);
});

Deno.test("a host that is none is not repeated in a command", () => {
  for (const host of ["a;reboot", "$(reboot)", "a b", "`x`", "x:y:z", "", "'"]) {
    const { url } = addressOf(LISTEN, { host, scheme: undefined }, IDENTITY);
    assert.equal(url, "https://192.0.2.2:8443", host);
  }
});

Deno.test("the line pins the key, and the three commands do the same without a pipe", () => {
  const address = { url: "https://hub.lan:8443", pin: PIN };
  const fetch = `curl -fsSL -k --pinnedpubkey sha256//cGlu+/A= https://hub.lan:8443/join/${TOKEN}`;
  assert.deepEqual(joinCommands(address, TOKEN), {
    line: `${fetch} | sudo sh`,
    commands: [`${fetch} -o join.sh`, "less join.sh", "sudo sh join.sh"],
  });
  const open = joinCommands({ url: "https://pis.example.org", pin: undefined }, TOKEN);
  assert.equal(open.line, `curl -fsSL https://pis.example.org/join/${TOKEN} | sudo sh`);
  const odd = joinCommands({ url: "https://pis.example.org/a;b", pin: undefined }, TOKEN);
  assert.equal(odd.line, `curl -fsSL 'https://pis.example.org/a;b/join/${TOKEN}' | sudo sh`);
});
