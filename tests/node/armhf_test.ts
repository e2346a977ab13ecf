/** Agent and tracker on Debians for 32-bit ARM, under an emulator: their decisions, and a cluster. */

import assert from "node:assert/strict";
import type { ArmRelease } from "../support/emulation/arm_root.ts";
import { throughArm } from "../support/emulation/arm_machine.ts";
import { bundleUnitTests } from "../support/emulation/unit_tests.ts";
import { EMBEDDED } from "../support/program/cluster.ts";
import { runCommand } from "../support/program/command.ts";
import { examine } from "../support/program/examine.ts";
import {
  startAgent,
  startTracker,
  TestProgram,
  withSections,
} from "../support/program/programs.ts";
import { NODE } from "../support/program/runtimes.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";

/** Under the emulator everything takes seconds. */
const EMULATED = { withinMs: 180_000 };
/** An emulated agent may be late, which is no fault of it. */
const SLOW = { node: { heartbeat: "2s" } };

/** With the version of Node.js that each has. */
const RELEASES: Readonly<Record<ArmRelease, RegExp>> = { bookworm: /^v18\./, trixie: /^v20\./ };

for (const [release, version] of Object.entries(RELEASES) as [ArmRelease, RegExp][]) {
  const machine = { release, architecture: "armhf" } as const;

  Deno.test(`agent and tracker on Debian ${release} for armhf live and die like others`, async () => {
    const through = await throughArm(machine);
    const options = { runtime: "node", through } as const;
    const { stdout } = await runCommand(through[0] ?? "", {
      args: [...through.slice(1), NODE, "--version"],
    });
    assert.match(stdout, version);
    await using cluster = await EMBEDDED.start();
    const of = (id: string) => withSections(cluster.configOf(id), SLOW);
    await using tracker = await startTracker(of("arya"), options);
    await tracker.process.line("sees the cluster", EMULATED);
    await using agent = await startAgent(of("john-snow"), options);
    await cluster.hub.waitForLiveness("john-snow", "alive", EMULATED.withinMs);
    await tracker.process.line("node=john-snow from=unknown to=up", EMULATED);
    await agent.kill();
    await cluster.hub.waitForLiveness("john-snow", "dead", EMULATED.withinMs);
    await tracker.process.line("a node died node=john-snow", EMULATED);
    await agent.start();
    await cluster.hub.waitForLiveness("john-snow", "alive", EMULATED.withinMs);
    await agent.stop();
    await cluster.hub.waitForLiveness("john-snow", "left", EMULATED.withinMs);
  });

  Deno.test(`the doctors on Debian ${release} for armhf find libgpiod and the broker`, async () => {
    const options = { runtime: "node", through: await throughArm(machine) } as const;
    await using cluster = await EMBEDDED.start();
    const config = withSections(cluster.configOf("arya"), { rpi: { led: "none", buzzer: "none" } });
    for (const program of ["agent", "tracker"] as const) {
      await using examined = new TestProgram(program, config, options);
      const { findings, text } = await examine(examined);
      assert.match(findings.broker?.found ?? "", /connected, subscribed, echo back/, text);
      if (program === "agent") continue;
      const library = /\/usr\/lib\/arm-linux-gnueabihf\/libgpiod\.so\.\d \(\d+\.\d+/;
      assert.match(findings.library?.found ?? "", library, text);
    }
  });

  Deno.test(`the core decides the same on Debian ${release} for armhf`, async () => {
    using folder = new TemporaryFolder();
    const bundle = await bundleUnitTests(folder.file("unit.mjs"));
    const [command = "", ...args] = [...await throughArm(machine), NODE, bundle];
    const { code, stdout, stderr } = await runCommand(command, { args });
    assert.equal(code, 0, stdout.slice(-5000) + stderr.slice(-5000));
    const passed = Number(/^(\d+) passed, 0 failed$/m.exec(stdout)?.[1]);
    assert.ok(passed > 400, stdout.slice(-500));
  });
}
