/** `agent doctor` with brokers and credentials in every state. */

import assert from "node:assert/strict";
import { newAuthority } from "../../support/broker/authority.ts";
import { startGuarded } from "../../support/broker/guarded_mosquitto.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { freePort } from "../../support/network/free_port.ts";
import { EMBEDDED } from "../../support/program/cluster.ts";
import { type Examination, examine } from "../../support/program/examine.ts";
import { type Sections, startAgent, TestProgram } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

async function examineWith(config: Sections): Promise<Examination> {
  await using agent = new TestProgram("agent", config);
  return await examine(agent);
}

Deno.test("the agent's doctor finds no fault in a working cluster", async () => {
  await using cluster = await EMBEDDED.start();
  await cluster.agent("arya");
  const own = cluster.configOf("arya");
  // It listens for two heartbeats only, which a busy machine may send late.
  const { code, findings, text } = await until("the doctor to hear the agent", async () => {
    const examination = await examineWith(own);
    return examination.findings.heartbeat?.level === "ok" && examination;
  });
  assert.equal(code, 0, text);
  assert.match(findings.broker?.found ?? "", /connected, subscribed, echo back/);
  assert.match(findings.names?.found ?? "", /^id arya, name "arya", host name /);
  assert.match(findings.credential?.found ?? "", /^arya is accepted, .* and no others$/);
  assert.match(findings.hub?.found ?? "", /^up on /);
  assert.match(findings.version?.found ?? "", /^\d+\.\d+\.\d+, like the hub$/);
  assert.match(findings.tls?.found ?? "", /^off: the broker is on this machine$/);
  assert.match(findings.disk?.found ?? "", /^\/: [\d.]+ [MG]B of [\d.]+ [MG]B free$/);
  assert.match(findings.vitals?.found ?? "", /memory \d+ %/);
  assert.equal(findings.clock?.level, "ok");
  await using agent = new TestProgram("agent", own);
  const { text: lines } = await agent.run("doctor");
  assert.match(lines, /^ok {7}config {6}\S+config\.ini: good, \d keys$/m);
  assert.ok(!text.includes(String(own.mqtt?.password)), "no secret is shown");
});

Deno.test("the agent's doctor tells of a second machine with the same id", async () => {
  await using broker = await Mosquitto.start();
  const config = {
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    node: { id: "arya", heartbeat: "250ms" },
  };
  await using first = await startAgent(config);
  await using second = await startAgent(config);
  for (const agent of [first, second]) await agent.process.line(" connected broker=");
  const { code, findings, text } = await until("both to be heard", async () => {
    const examination = await examineWith(config);
    return examination.findings.names?.level === "wrong" && examination;
  });
  assert.equal(code, 1, text);
  assert.match(findings.names?.found ?? "", /two machines send heartbeats as arya/);
});

Deno.test("the agent's doctor tells what a credential may, and disturbs nobody", async () => {
  await using open = await Mosquitto.start();
  await using listener = await TestClient.connect({ port: open.port });
  await listener.subscribe("#", 0);
  const url = `mqtt://127.0.0.1:${open.port}`;
  const anonymous = await examineWith({ mqtt: { url }, node: { id: "arya" } });
  assert.equal(anonymous.code, 0, anonymous.text);
  assert.equal(anonymous.findings.credential?.level, "warning");
  assert.match(anonymous.findings.credential.found, /everybody speak for every Pi/);
  assert.equal(anonymous.findings.heartbeat?.level, "warning");
  assert.equal(anonymous.findings.hub?.level, "warning");
  const login = { url, username: "arya", password: "any" };
  const lax = await examineWith({ mqtt: login, node: { id: "arya" } });
  assert.match(lax.findings.credential?.found ?? "", /may also write what belongs to others/);
  const topics = new Set(listener.messages.map(({ topic }) => topic));
  assert.deepEqual([...topics].toSorted(), [
    "rpi-cluster/v1/doctor/arya",
    "rpi-cluster/v1/nodes/arya/echo",
  ]);
  assert.ok(listener.messages.every(({ retained }) => !retained));

  await using guarded = await startGuarded(["arya"]);
  const { arya: password = "" } = guarded.passwords;
  const mqtt = { url: `mqtt://127.0.0.1:${guarded.port}`, username: "arya", password };
  const strict = await examineWith({ mqtt, node: { id: "arya" } });
  assert.equal(strict.code, 0, strict.text);
  assert.match(strict.findings.credential?.found ?? "", /and no others$/);
  const wrong = await examineWith({
    mqtt: { ...mqtt, password: "of-sansa" },
    node: { id: "arya" },
  });
  assert.equal(wrong.code, 1);
  assert.match(wrong.findings.broker?.advice ?? "", /hub enrol arya --renew/);
});

Deno.test("the agent's doctor tells of a broker that is away, and of a bad configuration", async () => {
  const away = await examineWith({ mqtt: { url: `mqtt://127.0.0.1:${freePort()}` } });
  assert.equal(away.code, 1, away.text);
  assert.match(away.findings.broker?.advice ?? "", /nothing listens there/);
  assert.equal(away.findings.names?.level === "wrong", false);
  await using agent = new TestProgram("agent", { node: { heartbeat: "often" } });
  const bad = await agent.run("doctor", "--json");
  assert.equal(bad.code, 78);
  assert.match(JSON.parse(bad.text).findings[0].found, /config\.ini:2: \[node\] heartbeat/);
});

Deno.test("the agent's doctor tells until when the authority of the broker is valid", async () => {
  using folder = new TemporaryFolder();
  const authority = await newAuthority(folder.file("ours"));
  const secure = freePort();
  await using _broker = await Mosquitto.start({
    config: ({ port }) =>
      `user root\nallow_anonymous true\nlistener ${port} 127.0.0.1\nlistener ${secure} 127.0.0.1\n` +
      `certfile ${authority.certFile}\nkeyfile ${authority.keyFile}\n`,
  });
  const { findings, code, text } = await examineWith({
    mqtt: { url: `mqtts://127.0.0.1:${secure}`, ca_file: authority.caFile },
    node: { id: "arya" },
  });
  assert.equal(code, 0, text);
  assert.match(findings.tls?.found ?? "", /^the authority ".*" is valid until 20\d\d-\d\d-\d\dT/);
  assert.match(text, /the connection to the broker is encrypted/);
});
