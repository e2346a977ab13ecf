/** Who is served without TLS, and where all others are sent. */

import assert from "node:assert/strict";
import { Hono } from "hono";
import type { PlainAccess } from "../../../core/config/settings.ts";
import { parsePrefix } from "../../../core/network/address.ts";
import { hearProxies } from "../../../hub/http/request_origin.ts";
import { requireTls } from "../../../hub/http/require_tls.ts";

const IDENTITY = {
  caPem: "",
  publicKeyPin: "",
  caFingerprint: "",
  httpsPort: 8443,
  mqttsPort: 8883,
  pinFor: () => "",
};

interface Asked {
  readonly peer: string;
  readonly isSecure?: boolean;
  readonly plain?: PlainAccess;
  readonly method?: string;
  readonly hasTls?: boolean;
}

async function answerTo(
  { peer, isSecure = false, plain = "loopback", method = "GET", hasTls = true }: Asked,
): Promise<string> {
  const proxy = parsePrefix("10.0.0.2");
  assert.ok(proxy);
  const app = new Hono();
  app.use(hearProxies([proxy]));
  app.use(requireTls({ identity: () => hasTls ? IDENTITY : undefined, plain }));
  app.all("/node/arya", (context) => context.text("served"));
  const env = { remoteAddr: { transport: "tcp", hostname: peer, port: 40000 }, isSecure };
  const response = await app.request("http://hub.lan:8080/node/arya?x=1", {
    method,
    headers: { Host: "hub.lan:8080" },
  }, env);
  return response.headers.get("Location") ??
    (response.ok ? await response.text() : `${response.status}`);
}

Deno.test("without TLS only this machine and trusted proxies are served", async () => {
  for (const peer of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.2"]) {
    assert.equal(await answerTo({ peer }), "served", peer);
  }
  const elsewhere = "https://hub.lan:8443/node/arya?x=1";
  for (const peer of ["192.168.1.9", "2001:db8::9", "10.0.0.3"]) {
    assert.equal(await answerTo({ peer }), elsewhere, peer);
    assert.equal(await answerTo({ peer, isSecure: true }), "served", peer);
    assert.equal(await answerTo({ peer, plain: "lan" }), "served", peer);
  }
});

Deno.test("what is written is not sent again elsewhere: it is refused", async () => {
  assert.equal(await answerTo({ peer: "192.168.1.9", method: "POST" }), "403");
  assert.equal(await answerTo({ peer: "192.168.1.9", method: "POST", isSecure: true }), "served");
});

Deno.test("a hub without TLS that serves its own machine alone refuses others", async () => {
  assert.equal(await answerTo({ peer: "192.168.1.9", hasTls: false }), "403");
  assert.equal(await answerTo({ peer: "127.0.0.1", hasTls: false }), "served");
});
