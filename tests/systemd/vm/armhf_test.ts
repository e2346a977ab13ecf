/**
 * The packages for 32-bit ARM on a whole Debian, as far as the first heartbeat, with the Node.js of
 * this machine: they hold JavaScript, so another processor runs them, too.
 */

import assert from "node:assert/strict";
import { statIfAny } from "../../../io/files/atomic_file.ts";
import { bundlePath } from "../../../scripts/bundle_path.ts";
import { NODE } from "../../support/program/runtimes.ts";
import { machineHindrance } from "../guest.ts";
import { PiBed } from "./pi_bed.ts";

const VERSION = "0.1.0~armhf";
const UNITS = ["agent", "tracker"];

const isThere = [NODE, bundlePath("agent"), bundlePath("tracker")].every((path) =>
  statIfAny(path)?.isFile === true
);

Deno.test({
  name: "the packages for armhf are installed, and systemd hears of both services that they work",
  ignore: (machineHindrance() !== undefined || !isThere) && Deno.env.get("CI") !== "true",
  fn: async () => {
    await using bed = await PiBed.open({ version: VERSION, targets: ["armhf"] });
    const { pi, brokerUrl, client, releases } = bed;
    await pi.do("mkdir", "-p", "/etc/rpi-cluster-alert");
    await pi.write(
      "/etc/rpi-cluster-alert/config.ini",
      `[mqtt]\nurl = ${brokerUrl}\n[rpi]\nled = none\nbuzzer = none\n`,
    );
    const names = ["common", ...UNITS].map((name) => `rpi-cluster-alert-${name}_armhf.deb`);
    const urls = names.map((name) => `-O ${releases.url}/${name}`).join(" ");
    // dpkg alone, because this machine's Node.js need not be a package, and is of another processor.
    const force = "--force-architecture,depends";
    await pi.shell(`curl -fsS ${urls} && dpkg ${force} --install ${names.join(" ")}`);
    const heard = (what: string, isIt: (said: Readonly<Record<string, unknown>>) => boolean) =>
      pi.until(what, () => client.messages.some(({ payload }) => isIt(JSON.parse(payload))));
    await heard("the birth of a Pi", ({ kind }) => kind === "birth");
    await heard("a heartbeat", ({ seq }) => seq !== undefined);
    for (const unit of UNITS) {
      // Active means that the program has told systemd so.
      await pi.untilActive(unit);
      const pid = await pi.property(unit, "MainPID");
      assert.equal((await pi.do("readlink", `/proc/${pid}/exe`)).trim(), NODE);
      await pi.until(`${unit} to say how it is`, async () => {
        return (await pi.property(unit, "StatusText")) !== "";
      });
      assert.equal(await pi.property(unit, "NRestarts"), "0");
      assert.equal(await pi.property(unit, "MemoryDenyWriteExecute"), "yes");
    }
    await pi.untilLogged("tracker", /sees the cluster/);
    const { stdout } = await pi.run("rpi-cluster-agent", "doctor");
    assert.match(stdout, /^ok +broker/m);
    assert.match(await pi.do("rpi-cluster-tracker", "--version"), /^tracker \d/);

    await pi.do("systemctl", "stop", ...UNITS);
    await heard("the farewell of a stop", ({ reason }) => reason === "stop");
    await pi.do("dpkg", "--purge", ...names.map((name) => name.split("_")[0] ?? "").toReversed());
    const places = ["/etc", "/usr", "/var/lib", "/run"];
    assert.equal(await pi.do("find", ...places, "-name", "*rpi-cluster*"), "");
  },
});
