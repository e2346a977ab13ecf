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
