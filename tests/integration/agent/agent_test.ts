/** The messages of an agent and its connection to the broker, as any MQTT client sees them. */

import assert from "node:assert/strict";
import { decodeMessage } from "../../../core/protocol/wire_decoding.ts";
import { VERSION } from "../../../core/version.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { freePort } from "../../support/network/free_port.ts";
import { configFor, END_MS, isOf, jsonOf, listen } from "../../support/nodes/agent_wire.ts";
import { EMBEDDED } from "../../support/program/cluster.ts";
import { startAgent } from "../../support/program/programs.ts";
import { isInTime } from "../../support/time/patience.ts";
import { testTogether } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

/** The longest time between two attempts to connect, as the birth announces it. */
const RECONNECT_MS_MIN = 1000;
const RECONNECT_MS_MAX = 2000;
/** The delay that a busy machine may add to a wait. */
const SLACK_MS = 1000;

Deno.test("an agent says birth, vitals and heartbeats, of another session in each run", async () => {
  await using broker = await Mosquitto.start();
  await using listener = await listen(broker.port);
  await using agent = await startAgent(configFor(broker.port));
  const birth = jsonOf(await listener.heard("a birth", isOf("status")));
  const { session } = birth;
  assert.equal(birth.kind, "birth");
  assert.match(session, /^[0-9a-f-]{36}$/);
  assert.equal(birth.name, "John Snow");
  assert.equal(birth.every_ms, 1000);
  assert.equal(birth.reconnect_ms, 2000);
  assert.equal(birth.version, VERSION);
  for (const fact of ["os", "kernel", "architecture", "hostname", "boot_id"]) {
    assert.equal(typeof birth[fact], "string", fact);
  }
  assert.ok(Array.isArray(birth.addresses));
  assert.ok(birth.uptime_s > 0);

  const vitals = jsonOf(await listener.heard("vitals", isOf("vitals")));
  assert.equal(vitals.session, session);
  for (const measured of ["cpu", "memory"]) {
    assert.ok(typeof vitals[measured].value === "number", measured);
    assert.ok(["ok", "warning", "critical"].includes(vitals[measured].level), measured);
  }

  const beats = await until("heartbeats", () => {
    const found = listener.messages.filter(isOf("heartbeat")).map(jsonOf);
    return found.length > 3 && found;
  });
  for (const [index, beat] of beats.entries()) {
    const { seq, up_ms, storage = "ok", ...rest } = beat;
    // The key is absent until the first check has ended.
    assert.equal(storage, "ok");
    assert.deepEqual(rest, { session, every_ms: 1000 });
    assert.equal(seq, beats[0].seq + index);
    // The heartbeat that follows the birth does not count, because it is sent at once.
    assert.ok(
      isInTime(Math.abs(up_ms - 1000 * seq) - 1000, SLACK_MS),
      `seq ${seq} after ${up_ms} ms`,
    );
  }
  for (const { topic, payload, retained } of listener.messages) {
    const decoded = decodeMessage(topic, payload, { root: "rpi-cluster", retained });
    assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
  }

  await agent.kill();
  await listener.heard(
    "the last will",
    (message) =>
      isOf("status")(message) && jsonOf(message).kind === "last_will" &&
      jsonOf(message).session === session,
  );
  await agent.start();
  const again = await listener.heard(
    "the next birth",
    (message) =>
      isOf("status")(message) && jsonOf(message).kind === "birth" &&
      jsonOf(message).session !== session,
  );
  assert.equal(jsonOf(again).name, "John Snow");
});

Deno.test("an agent that is up before its broker connects later, by itself", async () => {
  const port = freePort();
  await using agent = await startAgent(configFor(port));
  await agent.process.line(/cannot connect.*refused/i);
  await using _broker = await Mosquitto.start({ port });
  await using listener = await listen(port);
  await listener.heard("a birth", isOf("status"));
  await listener.heard("a heartbeat", isOf("heartbeat"));
});

Deno.test("an agent never queues heartbeats while its broker is away", async () => {
  await using broker = await Mosquitto.start();
  await using agent = await startAgent(configFor(broker.port));
  let latest = { seq: -1, offsetMs: 0 };
  {
    await using listener = await listen(broker.port);
    const beat = jsonOf(await listener.heard("a heartbeat", isOf("heartbeat")));
    latest = { seq: beat.seq, offsetMs: performance.now() - beat.up_ms };
  }
  await broker.stop("SIGKILL");
  const goneMs = performance.now();
  await until("five heartbeats' time", () => performance.now() - goneMs > 5000);
  await broker.start();

  await using listener = await listen(broker.port);
  const arrivals: { readonly seq: number; readonly lateMs: number }[] = [];
  await until("heartbeats", () => {
    for (const message of listener.messages.splice(0).filter(isOf("heartbeat"))) {
      const { seq, up_ms } = jsonOf(message);
      arrivals.push({ seq, lateMs: performance.now() - up_ms - latest.offsetMs });
    }
    return arrivals.length > 2;
  });
  assert.ok((arrivals[0]?.seq ?? 0) >= latest.seq + 5, "those of the absence are missing");
  for (const { seq, lateMs } of arrivals) {
    assert.ok(isInTime(lateMs, SLACK_MS), `heartbeat ${seq} comes ${lateMs} ms late`);
  }
  assert.equal(agent.process.hasEnded, false);
});

async function tellAttempts(manner: "hangs up" | "says nothing"): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const attemptsMs: number[] = [];
  const silent: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) {
      attemptsMs.push(performance.now());
      if (manner === "hangs up") connection.close();
      else silent.push(connection);
    }
  })();
  {
    await using agent = await startAgent(configFor(listener.addr.port));
    await until("eight attempts", () => attemptsMs.length > 8, { withinMs: 40_000 });
    const waitsMs = attemptsMs.slice(1).map((ms, index) => ms - (attemptsMs[index] ?? 0));
    for (const ms of waitsMs) {
      assert.ok(ms > RECONNECT_MS_MIN - 50, `tried again after ${ms} ms`);
      assert.ok(isInTime(ms - RECONNECT_MS_MAX, SLACK_MS), `tried again only after ${ms} ms`);
    }
    // An attempt that hangs ends when the longest wait is over.
    const isJittered = new Set(waitsMs.map((ms) => Math.round(ms / 50))).size > 2;
    assert.ok(isJittered || manner === "says nothing", `${waitsMs}`);
    const told = agent.process.lines.filter((line) => line.includes("cannot connect"));
    assert.equal(told.length, 1, told.join("\n"));

    const askedMs = performance.now();
    await agent.stop();
    assert.ok(isInTime(performance.now() - askedMs, END_MS));
  }
  for (const connection of silent) connection.close();
  listener.close();
  await accepting;
}

testTogether("an agent tries in vain each 1 to 2 s, and says so once", {
  "a broker that hangs up": () => tellAttempts("hangs up"),
  "a broker that says nothing": () => tellAttempts("says nothing"),
});

Deno.test("an agent with a wrong password says so, keeps trying, and gets in once it is right", async () => {
  await using cluster = await EMBEDDED.start();
  const { hub } = cluster;
  const passwords = `${hub.statePath}/passwd`;
  const config = cluster.configOf("john-snow");
  const right = Deno.readTextFileSync(passwords);
  hub.credential("john-snow");
  await using agent = await startAgent(config);
  await agent.process.line(/cannot connect.*not authorized/i);
  await hub.process.line(/john-snow gave a wrong password, from 127\.0\.0\.1/);
  const secret = config["mqtt"]?.["password"];
  assert.ok(typeof secret === "string" && secret.length > 8);
  assert.ok(!agent.process.lines.some((line) => line.includes(secret)));

  Deno.writeTextFileSync(passwords, right);
  await hub.waitForLiveness("john-snow", "alive");
  await agent.process.line(" connected");
});
