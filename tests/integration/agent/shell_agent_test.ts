/** The agent in shell, in each shell: what it says, how it ends, and what it survives. */

import assert from "node:assert/strict";
import { decodeMessage } from "../../../core/protocol/wire_decoding.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { startGuarded } from "../../support/broker/guarded_mosquitto.ts";
import type { TestClient } from "../../support/broker/mqtt_client.ts";
import { freePort } from "../../support/network/free_port.ts";
import { configFor, isOf, jsonOf, listen } from "../../support/nodes/agent_wire.ts";
import { childrenOf, SHELLS } from "../../support/nodes/shell_agent.ts";
import { deathsIn, EMBEDDED, MOSQUITTO } from "../../support/program/cluster.ts";
import { startAgent, type TestProgram } from "../../support/program/programs.ts";
import type { Shell } from "../../support/program/runtimes.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { isSoak, sized } from "../../support/program/tier.ts";
import { TestAuthority } from "../../support/tls/certificates.ts";
import { isInTime } from "../../support/time/patience.ts";
import { testTogether } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

/** A hub that waits for whatever this machine takes. */
const PATIENT = { cluster: { suspect_after: "30s", dead_after: "60s", will_after: "60s" } };
/** What a hub gives a node whose last will it heard. */
const WILL_AFTER_MS = 3000;
/** The delay that a busy machine may add to a heartbeat. */
const SLACK_MS = 2000;
/** A birth is repeated each 30 s. */
const REPEATED = { withinMs: 60_000 };

/** In each shell, or in this run in some. */
function testInShells(
  name: string,
  tell: (shell: Shell) => Promise<void>,
  shells: readonly Shell[] = sized({ test: ["dash"], soak: SHELLS }),
): void {
  const stories = shells.map((shell) => [`in ${shell}`, () => tell(shell)] as const);
  testTogether(name, Object.fromEntries(stories));
}

function statusOf(listener: TestClient, kind: string): readonly string[] {
  return listener.messages.filter(isOf("status")).map(jsonOf)
    .filter((one) => one.kind === kind).map(({ session }) => session);
}

async function heardBeats(listener: TestClient, count: number) {
  return await until("heartbeats", () => {
    const found = listener.messages.filter(isOf("heartbeat")).map(jsonOf);
    return found.length >= count && found;
  });
}

/** The one that holds the connection. */
async function connectionOf(agent: TestProgram): Promise<number> {
  return await until(
    "mosquitto_pub",
    () => childrenOf(agent.process.pid).find(({ command }) => command.includes("-l"))?.pid,
  );
}

testInShells("it says birth, heartbeats with vitals, and farewell", async (shell) => {
  await using broker = await Mosquitto.start();
  await using listener = await listen(broker.port);
  await using agent = await startAgent({
    ...configFor(broker.port),
    node: { id: "john-snow", name: 'John "雪" Snow \\' },
  }, { runtime: shell });
  const birth = jsonOf(await listener.heard("a birth", isOf("status")));
  const { session } = birth;
  assert.deepEqual([birth.kind, birth.every_ms, birth.name], ["birth", 1000, 'John "雪" Snow \\']);
  assert.match(session, /^[0-9a-f-]{36}$/);
  assert.match(birth.version, /^\d+\.\d+\.\d+-sh$/);
  for (const fact of ["os", "kernel", "architecture", "hostname", "boot_id"]) {
    assert.ok(typeof birth[fact] === "string" && birth[fact] !== "", fact);
  }
  assert.ok(Array.isArray(birth.addresses) && birth.uptime_s > 0);

  const beats = await heardBeats(listener, 4);
  assert.deepEqual(beats.map(({ seq }) => seq), beats.map((_, index) => index));
  assert.ok(beats.every((beat) => beat.session === session && beat.every_ms === 1000));
  const [{ name, vitals }] = beats;
  assert.equal(name, birth.name);
  for (const measured of ["cpu", "memory", "disk"]) {
    assert.ok(Number.isInteger(vitals[measured].value), measured);
    assert.ok(["ok", "warning", "critical"].includes(vitals[measured].level), measured);
  }
  for (const { topic, payload, retained } of listener.messages) {
    const decoded = decodeMessage(topic, payload, { root: "rpi-cluster", retained });
    assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
  }

  await agent.process.end("SIGINT");
  const farewell = await listener.heard(
    "a farewell",
    (message) => isOf("status")(message) && jsonOf(message).kind === "farewell",
  );
  assert.deepEqual(jsonOf(farewell), { kind: "farewell", session, reason: "stop" });
  await agent.start();
  await until("the next session", () => statusOf(listener, "birth").some((one) => one !== session));
  assert.deepEqual(statusOf(listener, "last_will"), [], "a farewell is no death");
}, SHELLS);

testInShells("a hub knows it and its death, and no user sees its password", async (shell) => {
  await using cluster = await EMBEDDED.start();
  const agent = await cluster.agent("john-snow", { name: "John Snow", runtime: shell });
  const node = await until("the vitals", async () => {
    const [node] = await cluster.hub.nodes();
    return node?.vitals["memory"] !== undefined && node;
  });
  assert.equal(node.name, "John Snow");
  const { password } = cluster.configOf("john-snow")["mqtt"] ?? {};
  assert.ok(typeof password === "string" && password.length > 8);
  await connectionOf(agent);
  const seen = childrenOf(agent.process.pid).map(({ command }) => command.join(" "));
  assert.ok(seen.length > 0 && !seen.some((command) => command.includes(password)), `${seen}`);
  await agent.kill();
  await cluster.hub.waitForLiveness("john-snow", "dead");
});

testInShells("a dead connection is made anew before anybody is told", async (shell) => {
  await using cluster = await MOSQUITTO.start({ hub: PATIENT });
  const agent = await cluster.agent("john-snow", { runtime: shell });
  const listener = await cluster.listener();
  const connection = await connectionOf(agent);
  const killedMs = performance.now();
  Deno.kill(connection, "SIGKILL");
  await until("the last will", () => statusOf(listener, "last_will").length > 0);
  await until("the next birth", () => statusOf(listener, "birth").length > 1);
  const tookMs = performance.now() - killedMs;
  assert.ok(isInTime(tookMs, WILL_AFTER_MS), `${tookMs} ms`);
  await agent.process.line("has ended");
  await cluster.hub.waitForLiveness("john-snow", "alive");
  assert.deepEqual(deathsIn(cluster.hub), []);
});

testInShells("a broker that restarts finds it alive, with no late heartbeat", async (shell) => {
  await using cluster = await MOSQUITTO.start({ hub: PATIENT });
  await cluster.agent("john-snow", { name: "John Snow", runtime: shell });
  const [before] = await heardBeats(await cluster.listener(), 1);
  const offsetMs = performance.now() - before.up_ms;
  await cluster.mosquitto.stop();
  const goneMs = performance.now();
  await until("five heartbeats' time", () => performance.now() - goneMs > 5000);
  await cluster.mosquitto.start();
  const listener = await cluster.listener();
  const [beat] = await heardBeats(listener, 1);
  const lateMs = performance.now() - offsetMs - beat.up_ms;
  assert.ok(beat.seq > before.seq && isInTime(lateMs, SLACK_MS), `${lateMs} ms late`);
  // In the soak: mosquitto_pub of some versions reconnects by itself, and the birth comes later.
  if (isSoak) await until("a birth", () => statusOf(listener, "birth").length > 0, REPEATED);
  await cluster.hub.untilSeeing();
  await cluster.hub.waitForLiveness("john-snow", "alive");
  assert.deepEqual(deathsIn(cluster.hub), []);
});

testInShells("it waits for a broker and for the right password", async (shell) => {
  const port = freePort();
  await using agent = await startAgent(configFor(port), { runtime: shell });
  await agent.process.line(/cannot connect.*refused/i);
  {
    await using _broker = await Mosquitto.start({ port });
    await using listener = await listen(port);
    await listener.heard("a heartbeat", isOf("heartbeat"));
    await agent.process.line("connected to 127.0.0.1");
  }
  await using guarded = await startGuarded(["john-snow"]);
  const url = `mqtt://127.0.0.1:${guarded.port}`;
  const configOf = (password: string) => ({
    mqtt: { url, username: "john-snow", password },
    node: { id: "john-snow" },
  });
  await agent.kill();
  agent.configure(configOf("Ygritte-knows"));
  await agent.start();
  await agent.process.line(/cannot connect.*not authori[sz]ed/i);
  assert.ok(!agent.process.lines.some((line) => line.includes("Ygritte")));
  await agent.kill();
  agent.configure(configOf(guarded.passwords["john-snow"] ?? ""));
  await agent.start();
  await agent.process.line("connected to");
});

testInShells("it trusts the configured authority alone", async (shell) => {
  using folder = new TemporaryFolder();
  const [ours, theirs] = [await TestAuthority.make(), await TestAuthority.make("another")];
  const port = freePort();
  const { key, certificate } = await ours.server();
  const [keyFile, certFile] = [folder.write("key", key), folder.write("crt", certificate)];
  await using broker = await Mosquitto.start({
    config: (plain) =>
      `user root\nallow_anonymous true\nlistener ${plain.port} 127.0.0.1\n` +
      `listener ${port} 127.0.0.1\ncertfile ${certFile}\nkeyfile ${keyFile}\n`,
  });
  await using listener = await listen(broker.port);
  const configOf = (mqtt: Readonly<Record<string, string>>, host = "127.0.0.1") => ({
    mqtt: { url: `mqtts://${host}:${port}`, ...mqtt },
    node: { id: "john-snow" },
  });
  // Another authority, and another name.
  for (const config of [configOf({ ca: theirs.line }), configOf({ ca: ours.line }, "localhost")]) {
    await using agent = await startAgent(config, { runtime: shell });
    await agent.process.line(/cannot connect to .*(certificate|host name|hostname|TLS)/i);
  }
  assert.deepEqual(statusOf(listener, "birth"), []);
  const right = [{ ca: ours.line }, { ca_file: folder.write("ca.pem", ours.pem) }];
  for (const mqtt of right) {
    await using agent = await startAgent(configOf(mqtt), { runtime: shell });
    await agent.process.line("connected to 127.0.0.1");
  }
});
