/** Network namespaces, and the cables by which tests find them from outside. */

import { runCommand } from "../program/command.ts";

/** RFC 2544, as for `TestNetwork`, whose half is the other one. */
const OUTSIDE = "198.19";
const OUTSIDES_MAX = 16_000;

/** Files of tests run side by side, and do not know of each other. */
const OUTSIDE_START = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
let outsides = 0;

/** The kernel removes a namespace when it has time for it; its cables are to be gone at once. */
export async function removeNamespace(name: string): Promise<void> {
  await runCommand("ip", { args: ["link", "del", `${name}v`] });
  await ip("netns", "del", name);
}

/** The cable by which tests reach a namespace; the first two addresses of `outside` are its ends. */
export async function plugOutside(name: string, outside: string): Promise<void> {
  const outer = `${name}v`;
  await ip("link", "add", outer, "type", "veth", "peer", "name", "veth0", "netns", name);
  await ip("addr", "add", `${hostOf(outside, 1)}/30`, "dev", outer);
  await ip("link", "set", outer, "up");
  await ip("-n", name, "addr", "add", `${hostOf(outside, 2)}/30`, "dev", "veth0");
  await ip("-n", name, "link", "set", "veth0", "up");
}

/** Runs what follows it on the network of a machine or container. */
export function inNamespace(name: string): readonly string[] {
  return ["ip", "netns", "exec", name];
}

/** Four addresses that no other machine of this test has, and hardly one of another test. */
export function nextOutside(): string {
  const number = (OUTSIDE_START + outsides++) % OUTSIDES_MAX;
  return `${OUTSIDE}.${number >> 6}.${(number & 63) * 4}`;
}

/** The n-th address of a subnet of four. */
export function hostOf(subnet: string, n: number): string {
  const [a, b, c, d] = subnet.split(".").map(Number);
  return `${a}.${b}.${c}.${(d ?? 0) + n}`;
}

export async function ip(...args: readonly string[]): Promise<void> {
  await run(["ip", ...args]);
}

export async function run([command = "", ...args]: readonly string[]): Promise<void> {
  const { code, stderr } = await runCommand(command, { args });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr.trim()}`);
}
