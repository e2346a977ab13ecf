/** `tracker doctor` on a machine without a GPIO header, with brokers in every state. */

import assert from "node:assert/strict";
import type { Finding } from "../../../core/doctor/finding.ts";
import { newAuthority } from "../../support/broker/authority.ts";
import { startGuarded } from "../../support/broker/guarded_mosquitto.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { freePort } from "../../support/network/free_port.ts";
import { EMBEDDED, ROOT } from "../../support/program/cluster.ts";
import {
  type Sections,
  startAgent,
  TestProgram,
  withSections,
} from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { isInTime } from "../../support/time/patience.ts";
import { until } from "../../support/time/until.ts";

/** The time limit for all checks together, including the program's start on a busy machine. */
const END_MS = 25_000;
const WITHOUT_HEADER: Sections = { rpi: { led: "none", buzzer: "none" }, node: { id: "tyrion" } };
const PASSWORD = "a-lannister-always-pays";

interface Examination {
  readonly code: number;
  /** By subject. */
  readonly findings: Readonly<Record<string, Finding>>;
  readonly text: string;
}

/** Runs `tracker doctor --json` with the program's own permissions. */
async function examine(config: Sections): Promise<Examination> {
  const startMs = performance.now();
  await using tracker = new TestProgram("tracker", withSections(WITHOUT_HEADER, config));
  const { code, text } = await tracker.run("doctor", "--json");
  assert.ok(isInTime(performance.now() - startMs, END_MS), "it ends in time");
  const answer: { readonly ok: boolean; readonly findings: readonly Finding[] } = JSON.parse(text);
  assert.equal(answer.ok, code === 0, text);
  assert.ok(!text.includes(PASSWORD), text);
  const findings = Object.fromEntries(answer.findings.map((finding) => [finding.subject, finding]));
  return { code, findings, text };
}

/** Asserts that only the broker's finding is wrong. */
async function brokerIsWrong(config: Sections, found: RegExp, advice: RegExp): Promise<void> {
  const { code, findings, text } = await examine(config);
  assert.equal(code, 1, text);
  assert.equal(findings.broker?.level, "wrong", text);
  assert.match(findings.broker.found, found);
  assert.match(findings.broker.advice ?? "", advice);
}

Deno.test("the doctor finds no fault in a working cluster, and lists its nodes", async () => {
  await using cluster = await EMBEDDED.start();
  await cluster.agent("arya");
  const own = cluster.configOf("tyrion");
  // It listens for two heartbeats only, which a busy machine may send late.
  const { code, findings, text } = await until("the doctor to hear arya", async () => {
    const examination = await examine(own);
    return examination.findings.nodes?.found.includes("1 heard just now") && examination;
  });
  assert.equal(code, 0, text);
  assert.match(findings.config?.found ?? "", /config\.ini: good, 7 keys$/);
  assert.match(findings.library?.found ?? "", /libgpiod\.so\.\d \(\d+\.\d+/);
  assert.match(findings.broker?.found ?? "", /connected, subscribed, echo back after \d+ ms$/);
  assert.match(findings.hub?.found ?? "", /^up/);
  assert.deepEqual(
    [findings.nodes?.level, findings.nodes?.found],
    ["ok", "1 to watch, 1 heard just now: arya"],
  );
  assert.equal(findings["quiet hours"]?.level, "ok");

  await using tracker = new TestProgram("tracker", withSections(WITHOUT_HEADER, own));
  const { code: codeAsText, text: lines } = await tracker.run("doctor");
  assert.equal(codeAsText, 0, lines);
  assert.match(lines, /^ok {7}config {7}\S+config\.ini: good/);
  assert.match(lines, /^ok {7}broker {7}mqtt:\/\/127/m);
  assert.match(lines, /^warning {2}outputs {6}.* -> set \[rpi\] led/m);
});

Deno.test("the doctor reports a wrong password, a wrong name, and what was not allowed", async () => {
  await using broker = await startGuarded(["tyrion", "sansa"]);
  const { tyrion: password = "", sansa: other = "" } = broker.passwords;
  const mqtt = { url: `mqtt://127.0.0.1:${broker.port}` };
  const login = { ...mqtt, username: "tyrion", password };
  const { code, findings, text } = await examine({ mqtt: login });
  assert.equal(code, 0, text);
  assert.equal(findings.nodes?.level, "warning", "nobody is there");
  const wrong = { mqtt: { ...login, password: PASSWORD } };
  await brokerIsWrong(wrong, /not authorized/i, /hub enrol tyrion/);
  await brokerIsWrong({ mqtt }, /not authorized/i, /set \[mqtt\] username/);
  // Mosquitto silently drops what sansa may not write.
  const foreign = { mqtt: { ...mqtt, username: "sansa", password: other } };
  await brokerIsWrong(foreign, /did not come back/, /id "tyrion" and \[mqtt\] username "sansa"/);
});

Deno.test("the doctor reports a client id that two clients use", async () => {
  await using broker = await startGuarded(["tyrion"], "use_username_as_clientid true");
  const { tyrion: password = "" } = broker.passwords;
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const config = { mqtt: { url, username: "tyrion", password }, node: { id: "tyrion" } };
  await using agent = await startAgent(config);
  await agent.process.line(" connected broker=");
  await brokerIsWrong(config, /another client uses this client id/, /use_username_as_clientid/);
});

Deno.test("the doctor reports a broker that is away, and a server that is not a broker", async () => {
  const port = freePort();
  const away = { mqtt: { url: `mqtt://127.0.0.1:${port}` } };
  await brokerIsWrong(away, /refused/, new RegExp(`nothing listens there.*${port}`));
  const nobody = { mqtt: { url: "mqtt://no-such-host.invalid:1883" } };
  await brokerIsWrong(nobody, /looking up .* failed/, /no-such-host\.invalid/);

  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const held: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of silent) held.push(connection);
  })();
  const { port: silentPort } = silent.addr;
  for (const scheme of ["mqtt", "mqtts"]) {
    const hanging = { mqtt: { url: `${scheme}://127.0.0.1:${silentPort}` } };
    await brokerIsWrong(hanging, /no greeting within 4000 ms/, /broker .* port/);
  }
  assert.equal(held.length, 2);
  silent.close();
  await accepting;
  for (const connection of held) connection.close();
});

Deno.test("the doctor reports TLS that is refused, or missing", async () => {
  using folder = new TemporaryFolder();
  const ours = await newAuthority(folder.file("ours"));
  const theirs = await newAuthority(folder.file("theirs"));
  const secure = freePort();
  await using broker = await Mosquitto.start({
    config: ({ port }) =>
      `user root\nallow_anonymous true\nlistener ${port} 127.0.0.1\nlistener ${secure} 127.0.0.1\n` +
      `certfile ${ours.certFile}\nkeyfile ${ours.keyFile}\n`,
  });
  const of = (url: string, { caFile }: { readonly caFile: string }) => ({
    mqtt: { url, ca_file: caFile },
  });
  const good = `mqtts://127.0.0.1:${secure}`;
  const { code, text } = await examine(of(good, ours));
  assert.equal(code, 0, text);
  await brokerIsWrong(of(good, theirs), /UnknownIssuer/, /ca_file/);
  const named = `mqtts://localhost:${secure}`;
  await brokerIsWrong(of(named, ours), /certificate/, /as the broker's certificate has it/);
  const plain = `mqtts://127.0.0.1:${broker.port}`;
  await brokerIsWrong(of(plain, ours), /eof|reset|closed|corrupt/i, /speaks TLS/);
});

Deno.test("the doctor does not disturb other clients", async () => {
  await using broker = await Mosquitto.start();
  await using listener = await TestClient.connect({ port: broker.port });
  await listener.subscribe("#", 0);
  const { code, text } = await examine({ mqtt: { url: `mqtt://127.0.0.1:${broker.port}` } });
  assert.equal(code, 0, text);
  const topics = listener.messages.map(({ topic, retained }) => `${topic} ${retained}`);
  assert.deepEqual(topics, [`${ROOT}/nodes/tyrion/echo false`]);
});

Deno.test("the doctor names what is missing for a header, and a bad configuration", async () => {
  const port = freePort();
  const url = `mqtt://127.0.0.1:${port}`;
  const { code, findings } = await examine({ mqtt: { url }, rpi: { led: 17 } });
  assert.equal(code, 1);
  assert.equal(findings.chip?.level, "wrong");
  assert.match(findings.chip.found, /no GPIO chip|may not|Cannot/);
  await using tracker = new TestProgram("tracker", { mqtt: { url }, rpi: { led: 99 } });
  const bad = await tracker.run("doctor");
  assert.equal(bad.code, 78);
  assert.match(bad.text, /^wrong {4}config {2}\S+config\.ini:\d+: \[rpi\] led: .* found "99" -> /);
  const badJson = await tracker.run("doctor", "--json");
  assert.equal(badJson.code, 78);
  const { ok, findings: issues } = JSON.parse(badJson.text);
  assert.equal(ok, false);
  assert.deepEqual(issues.map(({ subject }: Finding) => subject), ["config"]);
  const misused = await tracker.run("doctor", "--jsn");
  assert.equal(misused.code, 2, misused.text);
});

Deno.test("a test of a part that is not there fails, and an unknown part is a wrong use", async () => {
  await using tracker = new TestProgram("tracker", WITHOUT_HEADER);
  const led = await tracker.run("test", "--led", "--button");
  assert.equal(led.code, 1, led.text);
  assert.equal(
    led.text,
    "LED: there is none ([rpi] led = none).\nbutton: there is none ([rpi] button = none).",
  );
  assert.equal((await tracker.run("test", "--leds")).code, 2);
});
