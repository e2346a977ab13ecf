/** How an agent ends: in time under all conditions, and with its farewell as the last message. */

import assert from "node:assert/strict";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { configFor, END_MS, isOf, jsonOf, listen } from "../../support/nodes/agent_wire.ts";
import { startAgent } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { testWithBrokers } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";
import { isInTime } from "../../support/time/patience.ts";

Deno.test("an agent ends in time when its broker is gone or frozen", async () => {
  await using broker = await Mosquitto.start();
  await using agent = await startAgent(configFor(broker.port));
  await agent.process.line("connected");
  broker.signal("SIGSTOP");
  const frozenMs = performance.now();
  await agent.stop();
  assert.ok(isInTime(performance.now() - frozenMs, END_MS), `${performance.now() - frozenMs} ms`);
  broker.signal("SIGCONT");

  await agent.start();
  await agent.process.line("connected");
  await broker.stop("SIGKILL");
  await agent.process.line("disconnected");
  const goneMs = performance.now();
  await agent.stop();
  assert.ok(isInTime(performance.now() - goneMs, END_MS), `${performance.now() - goneMs} ms`);
});

/** Runs a program with a slow `head`, by which it reads its machine. */
function throughSlowMachine(folder: TemporaryFolder): readonly string[] {
  const slow = folder.write("head", "#!/bin/sh\nexec sleep 3\n");
  Deno.chmodSync(slow, 0o755);
  const script = `mount --bind ${slow} /usr/bin/head && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", script, "sh"];
}

const isRoot = Deno.uid() === 0;
Deno.test({
  name: "an agent on a machine that is too slow to be read ends in time, with its farewell" +
    (isRoot ? "" : " (only root may make a machine slow)"),
  ignore: !isRoot && Deno.env.get("CI") !== "true",
  async fn() {
    using folder = new TemporaryFolder();
    await using broker = await Mosquitto.start();
    await using listener = await listen(broker.port);
    await using agent = await startAgent(configFor(broker.port), {
      through: throughSlowMachine(folder),
    });
    await listener.heard("a heartbeat", isOf("heartbeat"));
    const askedMs = performance.now();
    await agent.stop();
    assert.ok(isInTime(performance.now() - askedMs, END_MS));
    const last = await listener.heard("a status", isOf("status"));
    assert.equal(jsonOf(last).kind, "farewell");
  },
});

testWithBrokers(
  "an agent ends by SIGTERM soon after it connects, with farewell as its last word",
  async (broker) => {
    await using cluster = await broker.start();
    const listener = await cluster.listener();
    await using agent = await startAgent(cluster.configOf("john-snow"));
    for (let times = 0; times < 3; times++) {
      if (times > 0) await agent.start();
      await agent.process.line("connected");
      await agent.stop();
      const last = (await cluster.listener()).messages;
      await until("the kept status", () => last.some(isOf("status")));
      assert.deepEqual(last.filter(isOf("status")).map((one) => jsonOf(one).kind), ["farewell"]);
    }
    assert.ok(!listener.messages.some((one) => one.payload.includes("last_will")));
  },
);
