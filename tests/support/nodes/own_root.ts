/** A machine whose root is a disk of its own: an agent runs there, from there, on a fast clock. */

import { dirname, join } from "node:path";
import { runCommand } from "../program/command.ts";
import { filesOf } from "../program/runtimes.ts";
import type { FailingDisk } from "../store/failing_disk.ts";
import { FAKETIME_LIBRARY, throughFastClock } from "../time/faketime.ts";

/** What an agent and its children run, beside itself. */
const PROGRAMS: readonly string[] = ["/bin/sh", "/usr/bin/dd", "/usr/bin/head", "/usr/bin/env"];
/** `$STATE_DIRECTORY`. */
const STATE = "/var/lib/rpi-cluster-agent";
/** Who runs it: nobody of this machine. */
export const USER = 4242;
const FSTAB = "UUID=1 / ext4 defaults 0 1\n";

/**
 * Puts the agent and its tools on the disk, and forgets that they were ever read. Answers the command
 * that becomes a program there; configuration is read from the folder of temporary files.
 */
export async function furnish(disk: FailingDisk): Promise<readonly string[]> {
  const files = new Set([...await filesOf("agent"), FAKETIME_LIBRARY, ...PROGRAMS]);
  for (const file of [...files]) for (const library of await librariesOf(file)) files.add(library);
  for (const file of files) {
    const copy = join(disk.path, file);
    await Deno.mkdir(dirname(copy), { recursive: true });
    await Deno.copyFile(await Deno.realPath(file), copy);
    await Deno.chmod(copy, 0o755);
  }
  for (const folder of ["/proc", "/tmp", "/dev", "/etc", STATE]) {
    await Deno.mkdir(join(disk.path, folder), { recursive: true });
  }
  await Deno.writeTextFile(join(disk.path, "/etc/fstab"), FSTAB);
  await Deno.copyFile("/etc/os-release", join(disk.path, "/etc/os-release"));
  await Deno.chown(join(disk.path, STATE), USER, USER);
  await disk.remount();
  const root = disk.path;
  const script = `mount -t proc proc ${root}/proc && mount --rbind /dev ${root}/dev &&
    mount --bind ${dirname(dirname(root))} ${root}/tmp && for config; do :; done &&
    chown -R ${USER} "$(dirname "$config")" && cd / &&
    exec chroot --userspec=${USER}:${USER} ${root} "$@"`;
  const clock = throughFastClock({ STATE_DIRECTORY: STATE });
  return ["unshare", "--mount", "sh", "-c", script, "sh", ...clock];
}

async function librariesOf(file: string): Promise<readonly string[]> {
  const { stdout } = await runCommand("ldd", { args: [file] });
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}
