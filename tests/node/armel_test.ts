/** The agent on the processor of the first Pi and of the Zero (ARMv6), under an emulator. */

import assert from "node:assert/strict";
import { VERSION } from "../../core/version.ts";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { throughArm } from "../support/emulation/arm_machine.ts";
import { configFor, isOf, jsonOf, listen } from "../support/nodes/agent_wire.ts";
import { startAgent, TestProgram } from "../support/program/programs.ts";
import { until } from "../support/time/until.ts";

/** Under the emulator everything takes seconds. */
const EMULATED = { withinMs: 180_000 };
/** Debian itself has no ARMv6 with floating point, and Raspberry Pi OS is not reached from here. */
const FIRST_PI = { release: "bookworm", architecture: "armel", processor: "arm1176" } as const;

Deno.test("an agent on an ARMv6 says its version and sends heartbeats", async () => {
  const options = { runtime: "node", through: await throughArm(FIRST_PI) } as const;
  await using broker = await Mosquitto.start();
  await using listener = await listen(broker.port);
  await using asked = new TestProgram("agent", configFor(broker.port), options);
  const { code, text } = await asked.run("--version");
  assert.equal(code, 0, text);
  assert.equal(text.trim(), `agent ${VERSION}`);
  await using agent = await startAgent(configFor(broker.port), options);
  const heard = (what: string, leaf: string) =>
    until(what, () => listener.messages.find(isOf(leaf)), EMULATED);
  const birth = jsonOf(await heard("the birth", "status"));
  assert.equal(birth.architecture, "arm");
  await heard("a heartbeat", "heartbeat");
  await agent.stop();
});
