/**
 * A Pi joins by one line on a machine with a real systemd, dpkg and apt: the line is made by a command,
 * run as it stands, run again, and used to leave. The packages hold our units; the programs are those
 * of `dist/`.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../scripts/project.ts";
import type { SystemdMachine } from "./machine.ts";
import { testWithSystemd } from "./test_bed.ts";

const FOLDER = "/srv/packages";
const CONFIG = "/etc/rpi-cluster-alert/config.ini";
const VERSION = "0.1.0";

/** Makes a package in the machine. */
async function pack(machine: SystemdMachine, part: string, depends: string): Promise<void> {
  const name = `rpi-cluster-alert-${part}`;
  const architecture = (await machine.do("dpkg", "--print-architecture")).trim();
  const control = `Package: ${name}
Version: ${VERSION}
Architecture: ${architecture}
Maintainer: nobody <nobody@example.org>
Depends: ${depends}
Description: part of a test
`;
  const tree = `/tmp/${name}`;
  machine.write(`/srv/${name}/DEBIAN/control`, control.replace(/^Depends: \n/m, ""));
  const unit = join(PROJECT, "systemd", `${part}.service`);
  const text = part === "common" ? "nothing\n" : Deno.readTextFileSync(unit);
  machine.write(`/srv/${name}/usr/share/${name}/${part}.service`, text);
  await machine.do("cp", "-r", `/srv/${name}`, tree);
  await machine.do("chmod", "-R", "u=rwX,go=rX", tree);
  const file = `${FOLDER}/${name}_${VERSION}_${architecture}.deb`;
  await machine.do("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, file);
}

/** The line, as `hub enrol` prints it, for a shell that is root already. */
async function lineFor(machine: SystemdMachine, ...more: readonly string[]): Promise<string> {
  const enrol = ["hub", "enrol", "john-snow", "--name", "John Snow", "--join", ...more];
  const line = (await machine.do(...enrol)).trim();
  assert.match(line, /^curl -fsSL .*\/join\/[\w-]{32} \| sudo sh$/);
  return line.replace("| sudo sh", "| sh");
}

/** What the hub says of its Pis and lines, asked like a command does. */
async function api(machine: SystemdMachine, path: string): Promise<string> {
  const password = (await machine.do("cat", "/var/lib/rpi-cluster-alert/password")).trim();
  const header = `Authorization: Bearer ${password}`;
  return await machine.do("curl", "-fsS", "-H", header, `http://127.0.0.1:8080/api/v1/${path}`);
}

testWithSystemd("a Pi joins by one line, again, and leaves by one", {
  hasPackages: true,
  config: { hub: { state: "/var/lib/rpi-cluster-alert", packages: FOLDER } },
}, async ({ machine }) => {
  await machine.do("mkdir", "-p", FOLDER);
  await pack(machine, "common", "");
  for (const part of ["agent", "tracker"]) {
    await pack(machine, part, `rpi-cluster-alert-common (= ${VERSION})`);
  }
  await machine.do("systemctl", "start", "hub");
  await machine.untilLogged("hub", /the page is up/);

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
});
