/**
 * An installed Pi with a kernel of its own: it joins by its line, shows a death on its LED, says
 * farewell before a reboot, and is back by itself after a power cut.
 */

import assert from "node:assert/strict";
import { TestNetwork } from "../../support/network/network.ts";
import { blocksBelow } from "../../support/program/doc_block.ts";
import { machineHindrance } from "../guest.ts";
import { DebianMachine } from "../vm/debian_machine.ts";
import { releaseHindrance } from "../vm/debian_root.ts";
import { commands, DOC, FIRST_VERSION } from "../vm/installation.ts";
import { ReleaseServer } from "../vm/release_server.ts";
import { EmulatedPi, emulatorHindrance } from "./emulated_pi.ts";

const LED = 17;
const LED_HEADING = "3. LED, buzzer, lamp, button";
/** An emulated Pi sends its heartbeats late, and boots for minutes. */
const PATIENT = { suspect_after: "20s", dead_after: "40s", will_after: "30s", reboot_within: "1h" };

interface Cluster {
  readonly hub: DebianMachine;
  /** The Pi that shows how the others are. */
  readonly pi: EmulatedPi;
  /** The Pi that dies. */
  readonly arya: DebianMachine;
}

/** The line with which a Pi joins. */
async function lineFor(hub: DebianMachine, id: string, name: string): Promise<string> {
  return (await hub.do("rpi-cluster-hub", "enrol", id, "--name", name, "--join")).trim();
}

/** What the hub's API answers. */
async function api(hub: DebianMachine, path: string): Promise<string> {
  const password = (await hub.do("cat", "/var/lib/rpi-cluster-alert/password")).trim();
  const header = `Authorization: Bearer ${password}`;
  return await hub.do("curl", "-fsS", "-H", header, `http://127.0.0.1:8080/api/v1/${path}`);
}

/** The nodes of the incidents so far, the newest first. */
async function incidents(hub: DebianMachine): Promise<readonly string[]> {
  const { incidents }: { readonly incidents: readonly { readonly node: string }[] } = JSON.parse(
    await api(hub, "incidents"),
  );
  return incidents.map(({ node }) => node);
}

async function untilState(hub: DebianMachine, id: string, state: string): Promise<void> {
  await hub.until(`${id} to be ${state}`, async () => {
    const { nodes }: {
      readonly nodes: readonly { readonly id: string; readonly liveness: string }[];
    } = JSON.parse(await api(hub, "nodes"));
    return nodes.some((node) => node.id === id && node.liveness === state);
  }, { withinMs: 240_000 });
}

async function joins({ hub, pi, arya }: Cluster): Promise<void> {
  const settings = Object.entries(PATIENT).map(([key, value]) =>
    `Environment=RPI_CLUSTER_CLUSTER_${key.toUpperCase()}=${value}\n`
  );
  const folder = "/etc/systemd/system/hub.service.d";
  await hub.do("mkdir", "-p", folder);
  await hub.write(`${folder}/patient.conf`, `[Service]\n${settings.join("")}`);
  await hub.shell("systemctl daemon-reload && systemctl restart hub");
  const agentOnly = (line: string) => line.replace(/sh$/, "sh -s -- --agent-only");
  const line = agentOnly(await lineFor(hub, "arya", "Arya"));
  assert.match(await arya.shell(line), /^Arya is up$/m);
  assert.match(await pi.shell(await lineFor(hub, "john-snow", "John Snow")), /^John Snow is up$/m);
}

async function addsLed({ pi }: Cluster): Promise<void> {
  const [example = ""] = blocksBelow(DOC, LED_HEADING, "ini");
  assert.match(example, new RegExp(`^led = ${LED}$`, "m"));
  const cluster = Object.entries(PATIENT).map(([key, value]) => `${key} = ${value}`);
  const config = ["", example, "[cluster]", ...cluster].join("\n");
  await pi.shell(`cat >> /etc/rpi-cluster-alert/config.ini <<'END'\n${config}\nEND`);
  await pi.shell("sudo systemctl restart tracker");
  await pi.untilLogged("tracker", /LED is off: all is well/);
  const chip = await pi.ask("stat -c '%G %a' /dev/gpiochip0");
  assert.equal(chip, "gpio 660\n", "the rule of the package is in force");
  const doctor = await pi.ask("rpi-cluster-tracker doctor");
  assert.match(doctor, /^ok +led +GPIO 17/m);
}

/** The LED's line goes up when Arya's Pi has no power, and down when it is back. */
async function showsDeath({ hub, pi, arya }: Cluster): Promise<void> {
  const cutAt = await pi.now();
  await arya.cutPower();
  const { t } = await pi.changes(LED, "1", cutAt);
  await untilState(hub, "arya", "dead");
  await arya.powerOn();
  await untilState(hub, "arya", "alive");
  await pi.until("the LED to be off", async () => {
    const said = await pi.journal("tracker");
    return /LED is off/.test(said.slice(said.lastIndexOf("node=arya")));
  });
  await pi.changes(LED, "0", t);
  assert.equal(await pi.level(LED), 0);
}

async function untilBack({ hub, pi }: Cluster): Promise<void> {
  await pi.untilLogged("agent", /connected/);
  await pi.untilLogged("tracker", /LED is off: all is well/);
  await untilState(hub, "john-snow", "alive");
  assert.equal(await pi.level(LED), 0);
}

/** When the agent sent its first heartbeat, in seconds since the kernel's start. */
async function heartbeatAt(pi: EmulatedPi): Promise<number> {
  const [, seconds] = /\[ *([\d.]+)\] .*connected/.exec(await pi.journal("agent")) ?? [];
  return Number(seconds);
}

const hindrance = machineHindrance() ?? releaseHindrance("bookworm") ?? emulatorHindrance();
const name =
  "an installed Pi boots, shows a death on its LED, reboots in peace and survives a power cut";

Deno.test({
  name: hindrance === undefined ? name : `${name} (${hindrance})`,
  ignore: hindrance !== undefined && Deno.env.get("CI") !== "true",
  async fn(t) {
    await using network = await TestNetwork.open();
    await using releases = ReleaseServer.start(network.address);
    await releases.publish({ version: FIRST_VERSION });
    const [ofHub, ofArya, ofPi] = [
      await network.addMachine(),
      await network.addMachine(),
      await network.addMachine(),
    ];
    const hosts = { "hub.local hub": ofHub.address };
    const debian = { release: "this machine", hosts } as const;
    await using hub = await DebianMachine.boot({
      ...debian,
      hostname: "hub",
      network: ofHub.namespacePath,
    });
    await using arya = await DebianMachine.boot({
      ...debian,
      hostname: "arya",
      network: ofArya.namespacePath,
    });
    await using pi = await EmulatedPi.boot({
      release: "bookworm",
      hosts,
      network: ofPi.namespacePath,
    });
    const cluster: Cluster = { hub, pi, arya };
    await hub.shell(commands(releases, "1. The hub"));

    await t.step("it joins by its line", () => joins(cluster));
    await t.step("its tracker uses the LED that the document adds", () => addsLed(cluster));
    await t.step("a death moves the line of its LED", () => showsDeath(cluster));
    await t.step("a reboot is announced, and nobody is alarmed", async () => {
      await pi.reboot("systemctl --no-block reboot");
      // An emulated systemd may take longer to say why than the agent may wait.
      await hub.untilLogged("hub", /node=john-snow .*to=stopped reason=(?:reboot|farewell)/);
      await untilBack(cluster);
      // A reboot at a certain time is known without a question.
      await pi.reboot("shutdown -r +1");
      await hub.untilLogged("hub", /node=john-snow .*to=stopped reason=reboot/);
      await untilBack(cluster);
      assert.deepEqual(await incidents(hub), ["arya"]);
    });
    await t.step("after a power cut it is reported, and comes back by itself", async () => {
      await pi.cutPower();
      await untilState(hub, "john-snow", "dead");
      await pi.powerOn();
      await untilBack(cluster);
      assert.deepEqual(await incidents(hub), ["john-snow", "arya"]);
      assert.equal(await pi.ask("dpkg --audit"), "");
      const seconds = (await heartbeatAt(pi)).toFixed(0);
      console.log(`an emulated Pi, from the kernel's start to its first heartbeat: ${seconds} s`);
    });
  },
});
