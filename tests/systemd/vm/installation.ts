/** A hub and a Pi that are installed by the commands of `docs/install.md`, as they stand there. */

import { type CommandOutcome } from "../../support/program/command.ts";
import { TestNetwork } from "../../support/network/network.ts";
import { blocksBelow } from "../../support/program/doc_block.ts";
import { machineHindrance } from "../guest.ts";
import { DebianMachine } from "./debian_machine.ts";
import { type DebianRelease, releaseHindrance } from "./debian_root.ts";
import { ReleaseServer } from "./release_server.ts";

export const DOC = "docs/install.md";
/** Where the document fetches packages. */
const RELEASES = "https://github.com/OWNER/rpi-cluster-alert/releases/latest/download";
/** Of the first release in a test. */
export const FIRST_VERSION = "0.1.0~first";

export interface Installation {
  /** Plain Debians on one network, `hub.local` and `john-snow.local`. Nothing is installed yet. */
  readonly hub: DebianMachine;
  readonly pi: DebianMachine;
  readonly releases: ReleaseServer;
  /** Runs a shell block of the document on one of the machines: below a heading, from 0. */
  follow(machine: DebianMachine, heading: string, index?: number): Promise<string>;
}

/** A test of what a person who follows the document gets; left out, by name, where it cannot run. */
export function testInstallation(
  name: string,
  release: DebianRelease,
  story: (installation: Installation, t: Deno.TestContext) => Promise<void>,
): void {
  const hindrance = machineHindrance() ?? releaseHindrance(release);
  const title = `${name} (${[release, hindrance].filter((part) => part !== undefined).join(", ")})`;
  Deno.test({
    name: title,
    ignore: hindrance !== undefined && Deno.env.get("CI") !== "true",
    fn: (t) => withInstallation(release, (installation) => story(installation, t)),
  });
}

/** Boots the machines, and ends them after the story. */
export async function withInstallation(
  release: DebianRelease,
  story: (installation: Installation) => Promise<void>,
): Promise<void> {
  await using network = await TestNetwork.open();
  await using releases = ReleaseServer.start(network.address);
  const [cableOfHub, cableOfPi] = [await network.addMachine(), await network.addMachine()];
  const hosts = {
    "hub.local hub": cableOfHub.address,
    "john-snow.local john-snow": cableOfPi.address,
  };
  const boot = (hostname: string, { namespacePath }: { readonly namespacePath: string }) =>
    DebianMachine.boot({ release, hostname, hosts, network: namespacePath });
  await using hub = await boot("hub", cableOfHub);
  await using pi = await boot("john-snow", cableOfPi);
  await releases.publish({ version: FIRST_VERSION });
  const follow = (machine: DebianMachine, heading: string, index = 0) =>
    machine.shell(commands(releases, heading, index));
  await story({ hub, pi, releases, follow });
}

/** A shell block of the document, below a heading, from 0, with the packages of these releases. */
export function commands(releases: ReleaseServer, heading: string, index = 0): string {
  const block = blocksBelow(DOC, heading, "sh")[index];
  if (block === undefined) throw new Error(`no block ${index} below "${heading}" in ${DOC}`);
  return block.replaceAll(RELEASES, releases.url);
}

/** The version of a package that is installed there, or what dpkg says instead. */
export async function installedVersion(machine: DebianMachine, name: string): Promise<string> {
  const shown = await machine.run("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", name);
  return textOf(shown);
}

function textOf({ stdout, stderr }: CommandOutcome): string {
  return (stdout + stderr).trim();
}
