/**
 * Debian packages with the names of ours on a machine of a test, and lines of its hub. They hold our
 * units; the programs are those of `dist/`.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../scripts/project.ts";
import type { SystemdMachine } from "./machine.ts";

/** The folder of the packages, on the machine. */
export const PACKAGES = "/srv/packages";
/** A machine whose hub offers them. */
export const WITH_PACKAGES = {
  hasPackages: true,
  config: { hub: { state: "/var/lib/rpi-cluster-alert", packages: PACKAGES } },
} as const;

const VERSION = "0.1.0";

/** Makes the packages of a Pi, and starts the hub. */
export async function offerPackages(machine: SystemdMachine): Promise<void> {
  await machine.do("mkdir", "-p", PACKAGES);
  const architecture = (await machine.do("dpkg", "--print-architecture")).trim();
  for (const part of ["common", "agent", "tracker"]) await pack(machine, part, architecture);
  await machine.do("systemctl", "start", "hub");
  await machine.untilLogged("hub", /the page is up/);
}

async function pack(machine: SystemdMachine, part: string, architecture: string): Promise<void> {
  const name = `rpi-cluster-alert-${part}`;
  const isCommon = part === "common";
  const lines = [
    `Package: ${name}`,
    `Version: ${VERSION}`,
    `Architecture: ${architecture}`,
    "Maintainer: nobody <nobody@example.org>",
    ...(isCommon ? [] : [`Depends: rpi-cluster-alert-common (= ${VERSION})`]),
    "Description: part of a test",
    "",
  ];
  const [source, tree] = [`/srv/${name}`, `/tmp/${name}`];
  machine.write(`${source}/DEBIAN/control`, lines.join("\n"));
  const unit = join(PROJECT, "systemd", `${part}.service`);
  const content = isCommon ? "nothing\n" : Deno.readTextFileSync(unit);
  machine.write(`${source}/usr/share/${name}/content`, content);
  await machine.do("cp", "-r", source, tree);
  await machine.do("chmod", "-R", "u=rwX,go=rX", tree);
  const file = `${PACKAGES}/${name}_${VERSION}_${architecture}.deb`;
  await machine.do("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, file);
}

/** A line for John Snow, as `hub enrol` prints it, for a shell that is root already. */
export async function lineFor(
  machine: SystemdMachine,
  ...more: readonly string[]
): Promise<string> {
  const enrol = ["hub", "enrol", "john-snow", "--name", "John Snow", "--join", ...more];
  const line = (await machine.do(...enrol)).trim();
  assert.match(line, /^curl -fsSL .*\/join\/[\w-]{32} \| sudo sh$/);
  return line.replace("| sudo sh", "| sh");
}

/** What the hub's API says, asked with the page's password. */
export async function api(machine: SystemdMachine, path: string): Promise<string> {
  const password = (await machine.do("cat", "/var/lib/rpi-cluster-alert/password")).trim();
  const header = `Authorization: Bearer ${password}`;
  return await machine.do("curl", "-fsS", "-H", header, `http://127.0.0.1:8080/api/v1/${path}`);
}
