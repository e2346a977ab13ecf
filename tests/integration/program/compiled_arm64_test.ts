/** The executables for a Pi, on any machine. Under qemu everything takes seconds. */

import assert from "node:assert/strict";
import config from "../../../deno.json" with { type: "json" };
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { arm64Emulator } from "../../support/program/arm64.ts";
import { runCommand } from "../../support/program/command.ts";
import {
  executablePath,
  isMissing,
  PROGRAM_NAMES,
  type ProgramName,
} from "../../support/program/executable.ts";
import { sized } from "../../support/program/tier.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { slowness } from "../../support/time/patience.ts";
import { until, within } from "../../support/time/until.ts";

const EMULATED_MS = 120_000;
/** Slower than this, and the emulated agent takes longer than a program may take to end. */
const BUSY = 2;

/** The emulator compiles a program at each start, and the hub is the largest one. */
const STARTED = sized<readonly ProgramName[]>({ test: ["agent"], soak: PROGRAM_NAMES });

for (const program of STARTED) {
  Deno.test({
    name: `${program} for arm64 starts and checks its configuration`,
    ignore: isMissing(program, "aarch64"),
    fn: async () => {
      const emulator = await arm64Emulator();
      using folder = new TemporaryFolder();
      const run = (...args: readonly string[]) =>
        runCommand(emulator.command, {
          args: [...emulator.args, executablePath(program, "aarch64"), ...args],
        });
      assert.equal((await run("--version")).stdout, `${program} ${config.version}\n`);
      const good = folder.write("good.ini", "[node]\nid = pi-1\n");
      assert.equal((await run("--check-config", "--config", good)).code, 0);
      const bad = folder.write("bad.ini", "[node]\nid = Not An Id\n");
      assert.equal((await run("--check-config", "--config", bad)).code, 78);
    },
  });
}

Deno.test({
  name: "agent for arm64 reaches a broker, says its birth, heartbeats and farewell",
  ignore: isMissing("agent", "aarch64"),
  fn: async () => {
    const emulator = await arm64Emulator();
    await using broker = await Mosquitto.start();
    await using client = await TestClient.connect({ port: broker.port });
    await client.subscribe("rpi-cluster/v1/nodes/pi-1/#");
    using folder = new TemporaryFolder();
    const file = folder.write(
      "config.ini",
      `[mqtt]\nurl = mqtt://127.0.0.1:${broker.port}\n[node]\nid = pi-1\n`,
    );
    await using agent = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", emulator.command, ...emulator.args],
        ...[executablePath("agent", "aarch64"), "--config", file],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();

    const heard = (what: string, isIt: (payload: Readonly<Record<string, unknown>>) => boolean) =>
      until(
        `${what} of the agent`,
        () => client.messages.some(({ payload }) => isIt(JSON.parse(payload))),
        { withinMs: EMULATED_MS },
      );
    await heard("the birth", (said) => said.kind === "birth" && said.architecture === "aarch64");
    // A heartbeat that is due before the agent is connected is counted but not sent.
    await heard("a heartbeat after the first", ({ seq }) => Number(seq) >= 1);
    agent.kill("SIGTERM");
    const { code } = await within("the agent to end", agent.status, { withinMs: EMULATED_MS });
    // An agent gives itself 1.9 s to end, which an emulated one on a busy machine may exceed.
    if (code === 1 && slowness() > BUSY) return;
    assert.equal(code, 0);
    await heard("the farewell", ({ kind }) => kind === "farewell");
  },
});
