/** The tracker on the processor of the first Pi and of the Zero (ARMv6), under an emulator. */
import assert from "node:assert/strict";
import type { Finding } from "../../../core/doctor/finding.ts";
import { bundlePath } from "../../../scripts/bundle_path.ts";
import { ARM_V6_ARMEL, buildSyscalls } from "../../../scripts/debian/syscalls_addon.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { throughArm } from "../../support/emulation/arm_machine.ts";
import { iniOf } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

/** Raspberry Pi OS for these Pis is not reached from here. */
const FIRST_PI = { release: "bookworm", architecture: "armel", processor: "arm1176" } as const;

Deno.test("a tracker on an ARMv6 reaches the kernel through the addon", async () => {
  using folder = new TemporaryFolder();
  await Deno.copyFile(bundlePath("tracker"), folder.file("tracker.mjs"));
  await buildSyscalls(folder.file("syscalls.node"), ARM_V6_ARMEL);
  await using broker = await Mosquitto.start();
  const config = folder.write(
    "config.ini",
    iniOf({
      mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
      node: { id: "tyrion" },
      rpi: { led: 17, buzzer: 27 },
    }),
  );
  const doctor = ["doctor", "--json", "--config", config];
  const findings = await findingsOf("/usr/bin/node", folder.file("tracker.mjs"), ...doctor);
  assert.match(findings.library ?? "", /^the kernel's own interface.*: no libgpiod is installed$/);
  // The emulated program has the devices of this machine, which has most likely no chip.
  assert.match(findings.chip ?? "", /GPIO chip|gpiochip/);
  assert.match(findings.broker ?? "", /echo back/);
});

/** What a doctor found on that processor, by subject. */
async function findingsOf(...command: readonly string[]): Promise<Record<string, string>> {
  const [program = "", ...args] = await throughArm(FIRST_PI);
  const { stdout, stderr } = await new Deno.Command(program, {
    args: [...args, ...command],
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.match(text, /^\{.*\}$/m, text + new TextDecoder().decode(stderr));
  const { findings }: { readonly findings: readonly Finding[] } = JSON.parse(text);
  return Object.fromEntries(findings.map(({ subject, found }) => [subject, found]));
}
