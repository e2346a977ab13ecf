/** A hub with its own TLS: page, broker, and what `hub enrol` prints. */

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { connectByTls, hear, say, UPGRADE } from "../../support/page/front_stage.ts";
import { runCommand } from "../../support/program/command.ts";
import { startAgent, startTracker } from "../../support/program/programs.ts";
import { startTlsHub } from "../../support/tls/tls_hub.ts";
import { within } from "../../support/time/until.ts";

Deno.test("a Pi that is enrolled comes by TLS with one config.ini, and ends when it is revoked", async () => {
  await using hub = await startTlsHub();
  const config = await hub.enrol("arya", "Arya");
  assert.equal(config.mqtt?.url, `mqtts://127.0.0.1:${hub.mqtts}`);
  const ca = new X509Certificate(hub.ca);
  assert.equal(config.mqtt?.ca, ca.raw.toString("base64"));
  await using agent = await startAgent(config);
  await using tracker = await startTracker({ ...config, node: { id: "bran" } });
  await hub.waitForLiveness("arya", "alive");
  await tracker.process.line("node=arya from=unknown to=up");

  await using client = await hub.client("arya");
  const from = agent.process.lines.length;
  const { code, text } = await hub.run("revoke", "arya");
  assert.equal(code, 0, text);
  await within("the connection's end", client.closed);
  await agent.process.line(/cannot connect.*(?:refuse|password|login)/i, { from });
});

Deno.test("the page has TLS: login, feed, and a cookie that only TLS carries", async () => {
  await using hub = await startTlsHub();
  const body = JSON.stringify({ password: hub.password });
  const login = { method: "POST", headers: { "Content-Type": "application/json" }, body };
  const [secure, plain] = [
    await hub.fetch("/api/v1/login", login),
    await hub.fetchPlainly("/api/v1/login", login),
  ];
  assert.equal(secure.status, 200, await secure.text());
  assert.match(secure.headers.get("set-cookie") ?? "", /; Secure/);
  await plain.body?.cancel();
  assert.doesNotMatch(plain.headers.get("set-cookie") ?? "", /; Secure/);

  const cookie = (secure.headers.get("set-cookie") ?? "").split(";")[0];
  using connection = await connectByTls(hub.https, hub.ca);
  const origin = `Origin: https://hub\r\nCookie: ${cookie}\r\n\r\n`;
  await say(connection, UPGRADE.replace(/\r\n$/, origin));
  assert.match(await hear(connection, '"kind":"snapshot"'), /^HTTP\/1\.1 101 /);
});

Deno.test("the hub tells its ports and its authority, which signs its certificate", async () => {
  await using hub = await startTlsHub();
  const fingerprint = new X509Certificate(hub.ca).fingerprint256;
  assert.deepEqual(await (await hub.fetchPlainly("/api/v1/tls")).json(), {
    https_port: hub.https,
    mqtts_port: hub.mqtts,
    ca_fingerprint: fingerprint,
    plain: "loopback",
  });
  assert.equal(await (await hub.fetch("/api/v1/ca.crt")).text(), hub.ca);
  const { text } = await hub.run("status");
  assert.ok(text.includes(fingerprint), text);
  const [page, broker] = [await hub.served(hub.https), await hub.served(hub.mqtts)];
  assert.equal(page.fingerprint, broker.fingerprint);
  assert.ok(page.names.has("127.0.0.1") && page.names.has("localhost"));
});

Deno.test("a browser that speaks HTTP to the port of HTTPS is told so", async () => {
  await using hub = await startTlsHub();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: hub.https });
  await say(connection, "GET / HTTP/1.1\r\nHost: hub\r\n\r\n");
  assert.match(await hear(connection), /^HTTP\/1\.1 400 .*https:\/\//s);
  using broker = await Deno.connect({ hostname: "127.0.0.1", port: hub.mqtts });
  await say(broker, "\x10\x0c\x00\x04MQTT");
  assert.equal(await hear(broker), "");
});

Deno.test("a hub keeps authority and key over a restart, and answers nobody else without TLS", async () => {
  await using hub = await startTlsHub();
  const [before, ca] = [await hub.served(hub.mqtts), hub.ca];
  for (const name of ["ca.crt", "ca.key", "hub.crt", "hub.key"]) {
    const { mode } = Deno.statSync(`${hub.statePath}/tls/${name}`);
    assert.equal((mode ?? 0) & 0o777, 0o600, name);
  }
  await hub.stop();
  await hub.start();
  assert.equal(hub.ca, ca);
  assert.equal((await hub.served(hub.mqtts)).fingerprint, before.fingerprint);
});

Deno.test("the line for a Pi pins the hub's key: with another one curl hears nothing", async () => {
  await using hub = await startTlsHub();
  const { code, text } = await hub.run("enrol", "arya", "--join");
  assert.equal(code, 0, text);
  const line = text.split("\n").find((one) => one.startsWith("curl ")) ?? "";
  const fetching = line.replace(/ *\| sudo sh$/, "");
  assert.ok(fetching.includes(`https://127.0.0.1:${hub.https}/join/`), line);
  const run = (script: string) => runCommand("sh", { args: ["-c", script] });
  const other = await run(fetching.replace(/sha256\/\/.{8}/, "sha256//AAAAAAAA"));
  assert.deepEqual([other.code === 0, other.stdout], [false, ""]);
  const ours = await run(fetching);
  assert.equal(ours.code, 0, ours.stderr);
  assert.match(ours.stdout, /^#!\/bin\/sh\n/);
});
