/** The commands of the hub's machine, where systemd runs the hub as a user of its own. */

import assert from "node:assert/strict";
import { AS_SERVICE } from "./machine.ts";
import { testWithSystemd } from "./test_bed.ts";

const STATE = "/var/lib/rpi-cluster-alert";
/** The page would refuse whoever reads this one. */
const OTHER = "/etc/other.ini";
const OTHER_TEXT = `[hub]\nstate = ${STATE}\npassword = not-the-password-of-the-hub\n`;

testWithSystemd(
  "root and the hub's user reach the hub by its socket, and nobody else may open it",
  {
    config: { hub: { broker: "none", state: STATE } },
    files: { [OTHER]: OTHER_TEXT },
  },
  async ({ machine }) => {
    await machine.do("systemctl", "start", "hub", "agent");
    await machine.untilLogged("hub", /node=john-snow from=unknown to=up/);
    const socket = (await machine.do("find", "/run/rpi-cluster-hub", "-name", "*.sock")).trim();
    assert.match(socket, /^\/run\/rpi-cluster-hub\/[0-9a-f]{16}\.sock$/);
    assert.equal((await machine.do("stat", "-c", "%U %a", socket)).trim(), "rpi-cluster-alert 600");
    for (const who of [[], AS_SERVICE]) {
      assert.match(
        await machine.do(...who, "hub", "status", "--config", OTHER),
        /^1 Pi is up/,
      );
    }
    const stranger = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const { code, stderr } = await machine.run(...stranger, "hub", "status", "--config", OTHER);
    assert.equal(code, 3);
    assert.match(stderr, /does not accept the password of \[hub\]/);

    // Killed, it comes back by itself, whatever it left.
    await machine.do("systemctl", "kill", "--signal=KILL", "hub");
    await machine.until("the hub to answer its command again", async () => {
      return (await machine.run("hub", "silence", "--config", OTHER)).code === 0;
    });
  },
);

testWithSystemd(
  "a hub that was installed by hand is removed, and its state only if that is wanted",
  {
    config: { hub: { broker: "none" } },
  },
  async ({ machine }) => {
    const config = "/etc/rpi-cluster-alert/hub.ini";
    // The machine's programs are mounted, and a mounted file cannot be removed.
    await machine.do("cp", "/usr/local/bin/hub", "/tmp/hub");
    await machine.do("umount", "--lazy", "/usr/local/bin/hub");
    await machine.do("install", "-m755", "/tmp/hub", "/usr/local/bin/hub");
    await machine.do("systemctl", "enable", "--now", "hub");
    const stranger = await machine.run(...AS_SERVICE, "hub", "uninstall", "--yes");
    assert.equal(stranger.code, 1);
    assert.match(stranger.stderr, /Only root can remove programs/);
    assert.equal((await machine.run("hub", "uninstall")).code, 2, "nobody is there to be asked");
    assert.equal(await machine.property("hub", "ActiveState"), "active");

    const said = await machine.do("hub", "uninstall", "--yes");
    assert.match(said, /^This removes \/usr\/local\/bin\/hub, /);
    assert.match(said, new RegExp(`^Kept: ${STATE}$`, "m"));
    assert.match(said, new RegExp(`^Kept: ${config}$`, "m"));
    assert.equal(await machine.property("hub", "LoadState"), "not-found");
    assert.equal((await machine.run("pgrep", "-f", "/usr/local/bin/hub")).code, 1);
    assert.match(await machine.do("cat", `${STATE}/password`), /^\S{22}$/m);
    const again = await machine.run("/tmp/hub", "uninstall", "--yes");
    assert.equal(again.code, 1);
    assert.match(again.stderr, /There is no hub to remove/);

    const unit = "[Service]\nExecStart=/tmp/hub\nStateDirectory=rpi-cluster-alert\n";
    machine.write("/etc/systemd/system/hub.service", unit);
    const purged = await machine.do("/tmp/hub", "uninstall", "--yes", "--purge");
    assert.doesNotMatch(purged, /^Kept/m);
    for (const path of [STATE, config]) assert.equal((await machine.run("ls", path)).code, 2, path);
    assert.match(await machine.do("cat", "/etc/rpi-cluster-alert/config.ini"), /\[mqtt\]/);
  },
);
