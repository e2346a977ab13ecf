/**
 * A Pi joins by one line on a machine with a real systemd, dpkg and apt: the line is made by a command,
 * run as it stands, run again, and used to leave. The role for Ansible does the same.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../scripts/project.ts";
import type { SystemdMachine } from "./machine.ts";
import { api, lineFor, offerPackages, WITH_PACKAGES } from "./node_packages.ts";
import { testWithSystemd } from "./test_bed.ts";

const CONFIG = "/etc/rpi-cluster-alert/config.ini";
const ROLE = "packaging/ansible";

testWithSystemd(
  "a Pi joins by one line, again, and leaves by one",
  WITH_PACKAGES,
  async ({ machine }) => {
    await offerPackages(machine);

    // A configuration that is there already is that of another broker, and has an LED.
    machine.write(CONFIG, "[mqtt]\nurl = mqtt://192.0.2.9\n\n[rpi]\nled = none\nbuzzer = none\n");
    const line = await lineFor(machine);
    assert.match(await machine.do("sh", "-c", line), /^John Snow is up$/m);
    for (const unit of ["agent", "tracker"]) await machine.untilActive(unit);
    assert.equal(await machine.do("stat", "-c", "%a %U %G", CONFIG), "640 root rpi-cluster-node\n");
    const config = await machine.do("cat", CONFIG);
    assert.match(config, /^username = john-snow$/m);
    assert.match(config, /^\[rpi\]\nled = none\nbuzzer = none$/m);
    assert.doesNotMatch(config, /192\.0\.2\.9/);
    assert.match(
      await machine.do("dpkg", "-s", "rpi-cluster-alert-tracker"),
      /^Status: .* installed$/m,
    );
    assert.match(await api(machine, "joins"), /"step":"up","failure":null/);

    const used = await machine.run("sh", "-c", line);
    assert.match(used.stderr, /410/);
    assert.equal(await machine.do("cat", CONFIG), config, "a used line does nothing");

    // Again is an upgrade: the Pi says farewell in between, so nobody is alarmed.
    const again = await machine.do(
      "sh",
      "-c",
      `${await lineFor(machine, "--renew")} -s -- --agent-only`,
    );
    assert.match(again, /^John Snow is up$/m);
    assert.notEqual(await machine.do("cat", CONFIG), config);
    assert.match(await api(machine, "incidents"), /"incidents":\[\]/);

    const leave = await machine.do(
      "sh",
      "-c",
      `${await lineFor(machine, "--renew")} -s -- --uninstall`,
    );
    assert.match(leave, /^John Snow has left the cluster$/m);
    assert.equal((await machine.run("test", "-e", CONFIG)).code, 1);
    assert.notEqual((await machine.run("dpkg", "-s", "rpi-cluster-alert-agent")).code, 0);
    assert.match(await api(machine, "nodes"), /"nodes":\[\]/);
    assert.doesNotMatch(await machine.do("cat", "/var/lib/rpi-cluster-alert/passwd"), /john-snow/);
  },
);

/** This machine is the hub and a Pi, and the test is its root. */
const INVENTORY = `[pis]
localhost ansible_connection=local ansible_become=false
[pis:vars]
ansible_python_interpreter=/usr/bin/python3
rpi_cluster_alert_id=john-snow
rpi_cluster_alert_name=John Snow
rpi_cluster_alert_hub=localhost
rpi_cluster_alert_hub_command=hub
`;

function copyRole(machine: SystemdMachine, folder = ROLE): void {
  for (const { name, isDirectory } of Deno.readDirSync(join(PROJECT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) copyRole(machine, path);
    else machine.write(`/srv/${path}`, Deno.readTextFileSync(join(PROJECT, path)));
  }
}

testWithSystemd(
  "Ansible joins a Pi, leaves it alone, upgrades it and takes it out",
  WITH_PACKAGES,
  async (
    { machine },
  ) => {
    await offerPackages(machine);
    copyRole(machine);
    machine.write("/srv/inventory", INVENTORY);
    const play = async (...more: readonly string[]) => {
      const command = [
        "ansible-playbook",
        "-i",
        "/srv/inventory",
        `/srv/${ROLE}/join.yml`,
        ...more,
      ];
      const { code, stdout, stderr } = await machine.run(...command);
      assert.equal(code, 0, stdout + stderr);
      return stdout;
    };
    const joined = await play();
    assert.match(joined, /John Snow is up/);
    assert.doesNotMatch(joined, /\/join\/|password = /);
    assert.match(await api(machine, "nodes"), /"liveness":"alive"/);
    const config = await machine.do("cat", CONFIG);

    assert.match(await play(), /changed=0/);
    assert.equal(await machine.do("cat", CONFIG), config);
    assert.match(await play("-e", "rpi_cluster_alert_upgrade=true"), /John Snow is up/);
    assert.notEqual(await machine.do("cat", CONFIG), config);

    assert.match(await play("-e", "rpi_cluster_alert_state=absent"), /has left the cluster/);
    assert.match(await api(machine, "nodes"), /"nodes":\[\]/);
    assert.match(await play("-e", "rpi_cluster_alert_state=absent"), /changed=0/);
  },
);
