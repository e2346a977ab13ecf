/** `hub doctor` beside a running hub, and without one. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { newAuthority } from "../../support/broker/authority.ts";
import { startGuarded } from "../../support/broker/guarded_mosquitto.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { WebhookDouble } from "../../support/delivery/webhook_double.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { freePort } from "../../support/network/free_port.ts";
import { examine } from "../../support/program/examine.ts";
import { startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

const NTFY = (url: string) => ({ webhook: { preset: "ntfy", url: `${url}/a-topic` } });

Deno.test("the hub's doctor finds no fault in a working cluster, and sends no message", async () => {
  await using phone = new WebhookDouble("ntfy");
  await using hub = await startHub(NTFY(phone.url));
  await using client = await TestClient.connect({
    port: hub.brokerPort,
    username: "arya",
    password: hub.credential("arya"),
  });
  await using _arya = await PretendNode.start(client, { id: "arya", name: "Arya" });
  await hub.waitForLiveness("arya", "alive");
  const { code, findings, text } = await examine(hub);
  assert.equal(code, 0, text);
  assert.equal(findings.hub?.found, "runs, watches 1 Pi");
  assert.match(findings.broker?.found ?? "", /^the hub's own, at 127\.0\.0\.1:\d+: the hub hears/);
  assert.equal(findings.messages?.level, "ok");
  assert.equal(findings["channel webhook"]?.level, "ok");
  assert.match(findings["channel webhook"].found, /the provider answers/);
  assert.equal(findings.permissions?.level, "ok");
  assert.match(findings.disk?.found ?? "", /state: [\d.]+ [MG]B of /);
  assert.equal(findings.clock?.level, "ok");
  assert.match(findings.version?.found ?? "", /like the running hub/);
  assert.match(findings.backups?.found ?? "", /state\/backups: none yet$/);
  assert.deepEqual(phone.taken, [], "nobody gets a message");
  assert.ok(!text.includes(hub.password));
});

Deno.test("the hub's doctor tells what is wrong with files, channels and backups", async () => {
  await using bot = new WebhookDouble("telegram");
  bot.otherwise({ kind: "raw", status: 401, body: '{"ok":false,"description":"Unauthorized"}' });
  await using hub = await startHub({
    hub: { backups: "none" },
    "channel family": {
      kind: "telegram",
      token: "1234567:abcdefghijklmnopqrstuvwxyzABCDEFGHI",
      to: "42",
      url: bot.url,
    },
  });
  hub.credential("arya");
  Deno.chmodSync(join(hub.statePath, "passwd"), 0o644);
  const { code, findings, text } = await examine(hub);
  assert.equal(code, 1, text);
  assert.equal(findings["channel family"]?.level, "wrong");
  assert.match(findings["channel family"].found, /would refuse every message/);
  assert.equal(findings.permissions?.level, "warning");
  assert.match(findings.permissions.advice ?? "", /^sudo chmod go= \S+\/passwd$/);
  assert.equal(findings.backups?.level, "warning");
  assert.equal(findings.hub?.level, "warning", "no Pi has reported yet");
});

Deno.test("the hub's doctor tells that the hub does not run, and that nobody would be told", async () => {
  await using hub = await startHub();
  const silent = await examine(hub);
  assert.equal(silent.code, 1, silent.text);
  assert.match(silent.findings.messages?.found ?? "", /^nobody is notified when a Pi dies$/);
  await hub.stop();
  const { code, findings, text } = await examine(hub);
  assert.equal(code, 1, text);
  assert.equal(findings.hub?.level, "wrong");
  assert.match(findings.hub.advice ?? "", /systemctl enable --now hub/);
  assert.equal(findings.messages, undefined, "nobody knows");
  assert.equal(findings.permissions?.level, "ok");
  hub.configure({ hub: { listen: "nonsense" } });
  const bad = await hub.run("doctor", "--json");
  assert.equal(bad.code, 78, bad.text);
});

Deno.test("the hub's doctor tells until when the hub's certificates are valid", async () => {
  using folder = new TemporaryFolder();
  const theirs = await newAuthority(folder.file("theirs"));
  await using hub = await startHub({ hub: { https_listen: `127.0.0.1:${freePort()}` } });
  const { findings, text } = await examine(hub);
  assert.equal(findings.tls?.level, "ok", text);
  for (const name of ["ca.crt", "hub.crt"]) {
    assert.match(
      text,
      new RegExp(`tls/${name.replace(".", "\\.")} .{1,80} is valid until \\d{4}-`),
      text,
    );
  }
  assert.equal(findings.permissions?.level, "ok", text);
  hub.configure({
    hub: {
      https_listen: "none",
      certificate_file: theirs.certFile,
      key_file: theirs.keyFile,
    },
  });
  assert.match((await examine(hub)).text, /theirs.{1,120} is valid until \d{4}-/);
});

Deno.test("the hub's doctor tells whether Mosquitto lets everybody in", async () => {
  await using open = await Mosquitto.start();
  const login = { username: "hub", password: "any" };
  const of = (port: number, password = login.password) => ({
    mqtt: { url: `mqtt://127.0.0.1:${port}`, ...login, password },
    hub: { broker: "none" },
  });
  await using lax = await startHub(of(open.port));
  const inLax = await examine(lax);
  assert.equal(inLax.findings.broker?.level, "ok", inLax.text);
  assert.equal(inLax.findings.rights?.level, "warning");
  await using guarded = await startGuarded(["hub"]);
  await using strict = await startHub(of(guarded.port, guarded.passwords.hub));
  const inStrict = await examine(strict);
  assert.equal(inStrict.findings.broker?.level, "ok", inStrict.text);
  assert.equal(inStrict.findings.rights?.level, "ok");
  strict.configure(of(guarded.port, "of-somebody-else"));
  const refused = await examine(strict);
  assert.equal(refused.findings.broker?.level, "wrong");
  assert.match(refused.findings.broker.advice ?? "", /hub enrol hub --renew/);
});
