/**
 * What an installation by the document costs a person: commands and seconds for a hub, a Pi, and a Pi
 * with an LED; and how long after the start of systemd a Pi is heard. On whole Debians, as root.
 */

import { blocksBelow } from "../../tests/support/program/doc_block.ts";
import { until } from "../../tests/support/time/until.ts";
import type { DebianMachine } from "../../tests/systemd/vm/debian_machine.ts";
import { DOC, withInstallation } from "../../tests/systemd/vm/installation.ts";

const BOOTS = 5;
const HUB = "1. The hub";
const LED = "3. LED, buzzer, lamp, button";
const CONFIG = "/etc/rpi-cluster-alert/config.ini";
/** What a person types to edit the configuration and to use it. */
const FOR_LED = ["sudo nano config.ini", "sudo systemctl restart tracker"];
const SLOW = { withinMs: 120_000 };

export async function benchInstall(): Promise<readonly string[]> {
  const lines: string[] = [];
  await withInstallation("this machine", async ({ hub, pi, follow }) => {
    const [block = ""] = blocksBelow(DOC, HUB, "sh");
    const typed = block.split("\n").filter((line) => /^\w/.test(line)).length;
    const hubS = await secondsOf(() => follow(hub, HUB));
    lines.push(`a hub: ${typed} commands, ${hubS} s until its page is up`);

    const enrol = ["enrol", "john-snow", "--name", "John Snow", "--join"];
    const line = (await hub.do("rpi-cluster-hub", ...enrol)).trim();
    const piS = await secondsOf(() => pi.shell(line));
    lines.push(`a Pi: 1 command, ${piS} s until it is up`);

    const [example = ""] = blocksBelow(DOC, LED, "ini");
    await pi.shell(`cat >> ${CONFIG} <<'END'\n${example}END`);
    const ledS = await secondsOf(() => pi.shell("sudo systemctl restart tracker"));
    lines.push(`its LED: ${FOR_LED.length} more commands, ${ledS} s until the tracker has started`);

    lines.push(...await installedSizes(hub), ...await installedSizes(pi));
    const boots: number[] = [];
    for (let boot = 0; boot < BOOTS; boot++) boots.push(await bootS(hub, pi));
    const shown = boots.toSorted((a, b) => a - b).map((seconds) => seconds.toFixed(1)).join(", ");
    lines.push(`from the start of systemd until the hub hears the Pi: ${shown} s`);
  });
  return lines;
}

async function secondsOf(act: () => Promise<unknown>): Promise<string> {
  const beganMs = performance.now();
  await act();
  return ((performance.now() - beganMs) / 1000).toFixed(1);
}

async function installedSizes(machine: DebianMachine): Promise<readonly string[]> {
  const format = "${Package} ${Installed-Size}\\n";
  const shown = await machine.do("dpkg-query", "-W", "-f", format, "rpi-cluster-alert-*");
  return shown.trim().split("\n").flatMap((line) => {
    const [name, kib] = line.split(" ");
    return kib ? [`${name}: ${(Number(kib) * 1024 / 1e6).toFixed(1)} MB on the card`] : [];
  });
}

/** The Pi is switched off, and on again. */
async function bootS(hub: DebianMachine, pi: DebianMachine): Promise<number> {
  await pi.cutPower();
  const isUp = async () => {
    return /^1 Pi is up/.test((await hub.run("rpi-cluster-hub", "status")).stdout);
  };
  await until("the death", async () => !await isUp(), SLOW);
  const beganMs = performance.now();
  const booting = pi.powerOn();
  await until("the Pi to be up", isUp, SLOW);
  const seconds = (performance.now() - beganMs) / 1000;
  await booting;
  return seconds;
}
