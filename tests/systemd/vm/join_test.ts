/**
 * A Pi joins by one line: the hub is installed by the document and has the packages of the release,
 * the line is made by a command and run as it stands, on a plain Debian.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../../scripts/project.ts";
import { blocksBelow } from "../../support/program/doc_block.ts";
import { sized } from "../../support/program/tier.ts";
import type { DebianMachine } from "./debian_machine.ts";
import type { DebianRelease } from "./debian_root.ts";
import { FIRST_VERSION, installedVersion, testInstallation } from "./installation.ts";

const CONFIG = "/etc/rpi-cluster-alert/config.ini";
const PASSWORD = "/var/lib/rpi-cluster-alert/password";
const ROLE = "packaging/ansible";

/** The line for a Pi, as it is. */
async function lineFor(hub: DebianMachine, ...more: readonly string[]): Promise<string> {
  const enrol = ["enrol", "john-snow", "--name", "John Snow", "--join"];
  const line = (await hub.do("rpi-cluster-hub", ...enrol, ...more)).trim();
  const pinned = /^curl -fsSL -k --pinnedpubkey sha256\/\/\S{44} https:\/\/hub\.local:8443\/join\//;
  assert.match(line, pinned);
  return line;
}

/** What a document lets a Pi run, with a line of its own in place of the one in the document. */
async function snippet(hub: DebianMachine, heading: string, kind: string): Promise<string> {
  const [block = ""] = blocksBelow("docs/join.md", heading, kind);
  const fetch = (await lineFor(hub, "--renew")).replace(" | sudo sh", "");
  const commands = kind === "yaml"
    ? [...block.matchAll(/^ {2}- (.*)$/gm)].map(([, one]) => one)
    : [block];
  const text = commands.join("\n");
  const own = text.replaceAll(/curl -fsSL .*?\/join\/…/g, () => fetch);
  assert.notEqual(own, text, text);
  return own;
}

/** What the hub's API says, asked with the page's password. */
async function api(hub: DebianMachine, path: string): Promise<string> {
  const password = (await hub.do("cat", PASSWORD)).trim();
  const header = `Authorization: Bearer ${password}`;
  return await hub.do("curl", "-fsS", "-H", header, `http://127.0.0.1:8080/api/v1/${path}`);
}

/** Each further join takes several seconds. */
const isWhole = sized({ test: false, soak: true });

/** The hub's machine is a Pi, too, and the test is its root. */
const INVENTORY = `[pis]
localhost ansible_connection=local ansible_become=false
[pis:vars]
ansible_python_interpreter=/usr/bin/python3
rpi_cluster_alert_id=arya
rpi_cluster_alert_name=Arya
rpi_cluster_alert_parts=agent
rpi_cluster_alert_hub=localhost
`;

async function copyRole(machine: DebianMachine, folder = ROLE): Promise<void> {
  await machine.do("mkdir", "-p", `/srv/${folder}`);
  for (const { name, isDirectory } of Deno.readDirSync(join(PROJECT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) await copyRole(machine, path);
    else await machine.write(`/srv/${path}`, Deno.readTextFileSync(join(PROJECT, path)));
  }
}

for (
  const release of sized<readonly DebianRelease[]>({
    test: ["this machine"],
    soak: ["this machine", "bookworm", "trixie"],
  })
) {
  testInstallation("a Pi comes, is upgraded and goes by one line", release, async (
    { hub, pi, follow },
    t,
  ) => {
    let line = "";
    let config = "";
    await follow(hub, "1. The hub");

    await t.step(
      "the line installs agent and tracker from the hub, and says that it is up",
      async () => {
        line = await lineFor(hub);
        assert.match(await pi.shell(line), /^John Snow is up$/m);
        for (const unit of ["agent", "tracker"]) await pi.untilActive(unit);
        for (const part of ["common", "agent", "tracker"]) {
          const version = await installedVersion(pi, `rpi-cluster-alert-${part}`);
          assert.equal(version, `installed ${FIRST_VERSION}`);
        }
        const owner = await pi.do("stat", "-c", "%a %U:%G", CONFIG);
        assert.equal(owner, "640 root:rpi-cluster-node\n");
        config = await pi.do("cat", CONFIG);
        assert.match(config, /^username = john-snow$/m);
        assert.match(config, /^url = mqtts:\/\/hub\.local:8883$/m);
        assert.match(config, /^ca = \S{100,}$/m);
        assert.match(await api(hub, "joins"), /"step":"up","failure":null/);
      },
    );

    await t.step("a used line does nothing", async () => {
      const { code, stderr } = await pi.run("bash", "-o", "pipefail", "-c", line);
      assert.deepEqual([code, /410/.test(stderr)], [22, true], stderr);
      assert.equal(await pi.do("cat", CONFIG), config);
    });

    await t.step(
      "again is an upgrade that keeps what is the Pi's own, and alarms nobody",
      async () => {
        await pi.shell(`printf '\\n# mine\\n[rpi]\\nled = none\\n' >> ${CONFIG}`);
        // The plain Debians have no other shell.
        const shell = release === "this machine" ? "busybox sh" : "sh";
        const again = (await lineFor(hub, "--renew"))
          .replace(/sh$/, `${shell} -s -- --agent-only`);
        assert.match(await pi.shell(again), /^John Snow is up$/m);
        const renewed = await pi.do("cat", CONFIG);
        assert.match(renewed, /^# mine\n\[rpi\]\nled = none$/m);
        const passwordOf = (text: string) => /^password = (\S+)$/m.exec(text)?.[1];
        assert.notEqual(passwordOf(renewed), passwordOf(config));
        await pi.untilLogged("tracker", /sees the cluster/);
        assert.match(await api(hub, "incidents"), /"incidents":\[\]/);
      },
    );

    await t.step("the same line takes the Pi out: nothing of it is left", async () => {
      const leave = (await lineFor(hub, "--renew")).replace(/sh$/, "sh -s -- --uninstall");
      assert.match(await pi.shell(leave), /^John Snow has left the cluster$/m);
      const places = ["/etc", "/usr", "/var/lib", "/run"];
      assert.equal(await pi.do("find", ...places, "-name", "*rpi-cluster*"), "");
      assert.match(await api(hub, "nodes"), /"nodes":\[\]/);
      assert.doesNotMatch(await hub.do("cat", "/var/lib/rpi-cluster-alert/passwd"), /john-snow/);
    });

    if (isWhole) {
      await t.step(
        "the snippets for cloud-init and the Imager join a Pi by themselves",
        async () => {
          await pi.shell(await snippet(hub, "cloud-init", "yaml"));
          await pi.untilActive("agent");
          await pi.shell(await snippet(hub, "Raspberry Pi Imager", "sh"));
          await pi.reboot();
          await pi.until("the join after the boot", async () => {
            return (await pi.run("systemctl", "is-enabled", "join-cluster")).stdout ===
              "disabled\n";
          });
          assert.match(await api(hub, "joins"), /^\{"joins":\[\{[^}]*"step":"up","failure":null/);
        },
      );
    }

    // The plain Debians have no Ansible.
    if (release !== "this machine") return;
    await t.step("Ansible joins a Pi, leaves it alone, upgrades it and takes it out", async () => {
      await copyRole(hub);
      await hub.write("/srv/inventory", INVENTORY);
      const play = async (...more: readonly string[]) => {
        const playbook = `/srv/${ROLE}/join.yml`;
        const command = ["ansible-playbook", "-i", "/srv/inventory", playbook, ...more];
        const { code, stdout, stderr } = await hub.run(...command);
        assert.equal(code, 0, stdout + stderr);
        return stdout;
      };
      const joined = await play();
      assert.match(joined, /Arya is up/);
      assert.doesNotMatch(joined, /\/join\/|password = /);
      assert.match(await api(hub, "nodes"), /"id":"arya".*"liveness":"alive"/);
      config = await hub.do("cat", CONFIG);

      assert.match(await play(), /changed=0/);
      assert.equal(await hub.do("cat", CONFIG), config);
      if (!isWhole) return;
      assert.match(await play("-e", "rpi_cluster_alert_upgrade=true"), /Arya is up/);
      assert.notEqual(await hub.do("cat", CONFIG), config);

      assert.match(await play("-e", "rpi_cluster_alert_state=absent"), /has left the cluster/);
      assert.doesNotMatch(await api(hub, "nodes"), /"id":"arya"/);
      assert.equal(await hub.property("hub", "ActiveState"), "active");
      assert.match(await play("-e", "rpi_cluster_alert_state=absent"), /changed=0/);
    });
  });
}
