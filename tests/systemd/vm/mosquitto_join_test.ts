/**
 * A Pi joins where Mosquitto is the broker and the hub drives its plugin: all that the document says
 * is done on a whole Debian, and the script of the line runs on another one.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../../scripts/project.ts";
import { blocksBelow } from "../../support/program/doc_block.ts";
import { DOC, testInstallation } from "./installation.ts";

const MOSQUITTO = "Mosquitto instead of the embedded broker";
const PLUGIN = "Without a reload: the hub drives Mosquitto's plugin";
const HUB_CONFIG = "/etc/rpi-cluster-alert/hub.ini";
const CONFIG = "/etc/rpi-cluster-alert/config.ini";

testInstallation(
  "a Pi joins by its line at Mosquitto, and is cut off when it is revoked",
  "this machine",
  async ({ hub, pi, follow }) => {
    await follow(hub, "1. The hub");
    // The machines of tests have it masked.
    await hub.shell("rm -f /etc/systemd/system/mosquitto.service && systemctl daemon-reload");
    const folder = join(PROJECT, "packaging/mosquitto");
    for (const { name } of Deno.readDirSync(folder)) {
      const text = Deno.readTextFileSync(join(folder, name)).replaceAll("aarch64", Deno.build.arch);
      await hub.write(`/root/${name}`, text);
    }
    await follow(hub, MOSQUITTO);
    // The first line of each block prints what the person puts into the configuration.
    for (const [heading, index] of [[MOSQUITTO, 1], [PLUGIN, 0]] as const) {
      const [ini = ""] = blocksBelow(DOC, heading, "ini");
      const [enrol = "", ...rest] = (blocksBelow(DOC, heading, "sh")[index] ?? "").split("\n");
      assert.match(enrol, /rpi-cluster-hub enrol hub/);
      await hub.write(HUB_CONFIG, ini);
      const printed = await hub.shell(enrol);
      await hub.write(HUB_CONFIG, `${ini}\n${printed}`);
      await hub.shell(rest.join("\n"));
      await hub.until("the hub to see the cluster", async () => {
        return /^No Pi has reported yet/.test((await hub.run("rpi-cluster-hub", "status")).stdout);
      });
    }

    const enrol = ["enrol", "john-snow", "--name", "John Snow", "--join"];
    const line = (await hub.do("rpi-cluster-hub", ...enrol)).trim();
    assert.match(await pi.shell(line), /^John Snow is up$/m);
    assert.match(await pi.do("cat", CONFIG), /^url = mqtt:\/\/\S+:1883$/m);
    await hub.do("rpi-cluster-hub", "revoke", "john-snow");
    await pi.untilLogged("agent", /cannot connect .*(?:not authori[sz]ed|login)/i);
    await hub.until("the hub to know no Pi", async () => {
      return /^No Pi has reported yet/.test((await hub.run("rpi-cluster-hub", "status")).stdout);
    });
  },
);
