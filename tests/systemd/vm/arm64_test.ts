/** The packages for a Pi, on a machine that emulates its processor: as far as the first heartbeat. */

import { arm64Emulator } from "../../support/program/arm64.ts";
import { isMissing } from "../../support/program/executable.ts";
import { machineHindrance } from "../guest.ts";
import { PiBed } from "./pi_bed.ts";

const VERSION = "0.1.0~arm64";
/** Under the emulator everything takes seconds. */
const EMULATED_MS = 180_000;
/** Where the emulator and the service find the C library of arm64. */
const LIBRARIES = "/opt/arm64";

const hindrance = machineHindrance();

Deno.test({
  name: "the packages for arm64 are installed and start, up to the first heartbeat",
  ignore: hindrance !== undefined || isMissing("agent", "aarch64"),
  fn: async () => {
    const emulator = await arm64Emulator();
    await using bed = await PiBed.open({ version: VERSION, targets: ["aarch64"] });
    const { pi, brokerUrl, client, releases } = bed;
    await pi.do("cp", "-a", emulator.args.at(-1) ?? "", LIBRARIES);
    await pi.do("mkdir", "-p", "/etc/rpi-cluster-alert", "/etc/systemd/system/agent.service.d");
    await pi.write(
      "/etc/rpi-cluster-alert/config.ini",
      `[mqtt]\nurl = ${brokerUrl}\n[node]\nid = john-snow\n`,
    );
    // What an emulator needs and a program does not: code that it writes, and time.
    await pi.write(
      "/etc/systemd/system/agent.service.d/emulated.conf",
      "[Service]\nMemoryDenyWriteExecute=no\nSystemCallFilter=\nWatchdogSec=0\n" +
        "TimeoutStartSec=10min\nExecStart=\n" +
        `ExecStart=/usr/bin/${emulator.command} -0 /usr/bin/rpi-cluster-agent -L ${LIBRARIES} ` +
        "/usr/bin/rpi-cluster-agent\n",
    );
    const names = ["common", "agent"].map((name) => `rpi-cluster-alert-${name}_arm64.deb`);
    const urls = names.map((name) => `-O ${releases.url}/${name}`).join(" ");
    // dpkg alone, because a machine without a way out cannot fetch the libraries of arm64.
    const force = "--force-architecture,depends";
    await pi.shell(`curl -fsS ${urls} && dpkg ${force} --install ${names.join(" ")}`);
    const heard = (what: string, isIt: (said: Readonly<Record<string, unknown>>) => boolean) =>
      pi.until(what, () => client.messages.some(({ payload }) => isIt(JSON.parse(payload))), {
        withinMs: EMULATED_MS,
      });
    await heard("the birth of a Pi", ({ kind, architecture }) => {
      return kind === "birth" && architecture === "aarch64";
    });
    await heard("a heartbeat", ({ seq }) => seq !== undefined);
  },
});
