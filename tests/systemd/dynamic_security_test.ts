/** Mosquitto's plugin under systemd: our sample files, and what its unit does without a file. */

import assert from "node:assert/strict";
import { sample } from "../support/broker/sample_mosquitto.ts";
import { testWithSystemd } from "./test_bed.ts";

const STATE = "/var/lib/rpi-cluster-alert";
const PLUGIN_FILE = "/var/lib/mosquitto/dynamic-security.json";
const URL = "mqtt://127.0.0.1:1883";
const HUB = { broker: "none", mosquitto: "dynamic_security", state: STATE };

/** The files as the comment of the plugin's sample says. */
const FILES = {
  "/etc/mosquitto/mosquitto.conf":
    "persistence_location /var/lib/mosquitto/\ninclude_dir /etc/mosquitto/conf.d\n",
  "/etc/mosquitto/conf.d/rpi-cluster-alert.conf": sample("rpi-cluster-alert.conf")
    .replaceAll(/^(?=password_file |acl_file )/gm, "#"),
  "/etc/mosquitto/conf.d/rpi-cluster-alert-dynamic-security.conf": sample(
    "rpi-cluster-alert-dynamic-security.conf",
  ).replace("aarch64", Deno.build.arch),
  "/etc/systemd/system/mosquitto.service.d/dynamic-security.conf": sample(
    "mosquitto-dynamic-security.conf",
  ),
};

testWithSystemd("Mosquitto begins with the hub's credentials, also when its own file is lost", {
  config: { mqtt: { url: URL }, hub: HUB },
  files: FILES,
}, async ({ machine }) => {
  await machine.do("rm", "/etc/systemd/system/mosquitto.service");
  await machine.do("install", "-d", "-o", "mosquitto", "-g", "mosquitto", "/var/lib/mosquitto");
  await machine.do("systemctl", "daemon-reload");
  const own = await machine.do("hub", "enrol", "hub");
  const password = /^password = (\S+)$/m.exec(own)?.[1];
  assert.ok(password, own);
  machine.write(
    "/etc/rpi-cluster-alert/hub.ini",
    `[mqtt]\nurl = ${URL}\nusername = hub\npassword = ${password}\n[hub]\n` +
      Object.entries(HUB).map(([key, value]) => `${key} = ${value}\n`).join(""),
  );
  await machine.do("systemctl", "start", "mosquitto", "hub");
  assert.match(await machine.do("stat", "-c", "%U %a", PLUGIN_FILE), /^mosquitto 600$/m);

  const config = await machine.until("the credential of a Pi", async () => {
    const { code, stdout } = await machine.run("hub", "enrol", "john-snow", "--renew");
    return code === 0 && stdout;
  });
  machine.write("/etc/rpi-cluster-alert/config.ini", config.replace(/^url = .*$/m, `url = ${URL}`));
  await machine.do("systemctl", "start", "agent");
  await machine.untilLogged("hub", /node=john-snow from=unknown to=up/);

  await machine.until(
    "the hub's file to have the Pi",
    async () =>
      (await machine.run("grep", "-q", "john-snow", `${STATE}/dynamic-security.json`)).code === 0,
  );
  await machine.do("systemctl", "stop", "mosquitto");
  await machine.until(
    "the hub to see nothing",
    async () =>
      /^The hub has not seen the cluster/.test((await machine.run("hub", "status")).stdout),
  );
  await machine.do("rm", PLUGIN_FILE);
  await machine.do("systemctl", "start", "mosquitto");
  await machine.until("the Pi to be back", async () => {
    const { stdout } = await machine.run("hub", "status");
    return /^1 Pi is up/.test(stdout);
  });
  assert.match(await machine.do("stat", "-c", "%U %a", PLUGIN_FILE), /^mosquitto 600$/m);
});
