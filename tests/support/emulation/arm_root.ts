/** Debians for 32-bit ARM as folders, whose programs an emulator can run. */

import { join } from "node:path";
import { statIfAny } from "../../../io/files/atomic_file.ts";
import { runCommand } from "../program/command.ts";

export type ArmRelease = "bookworm" | "trixie";
/** `armhf` needs an ARMv7, `armel` runs on each Pi. */
export type ArmArchitecture = "armhf" | "armel";

/** What agent and tracker need of a Pi. */
const PACKAGES = [
  "nodejs",
  "perl-base",
  "dash",
  "coreutils",
  "base-files",
  "iproute2",
  "ca-certificates",
];
/** libgpiod, of which each release has one version. */
const GPIOD: Readonly<Record<ArmRelease, string>> = { bookworm: "libgpiod2", trixie: "libgpiod3" };
const MIRROR = "http://deb.debian.org/debian";
const MERGED_USR = "/usr/share/mmdebstrap/hooks/merged-usr";

/**
 * The folder of a Debian. Made once, in the user's cache: the packages are only unpacked, and no
 * program of them runs.
 */
export async function armRoot(
  release: ArmRelease,
  architecture: ArmArchitecture,
): Promise<string> {
  const root = join(cacheFolder(), `${architecture}-${release}`);
  if (statIfAny(join(root, "etc/passwd")) !== undefined) return root;
  const making = `${root}.${Deno.pid}`;
  await Deno.mkdir(cacheFolder(), { recursive: true });
  await must("mmdebstrap", [
    ...["--quiet", "--mode=root", "--variant=extract", `--architectures=${architecture}`],
    `--include=${[...PACKAGES, GPIOD[release]].join(",")}`,
    `--hook-dir=${MERGED_USR}`,
    ...['--aptopt=Acquire::Languages "none"', '--aptopt=Acquire::Retries "3"'],
    ...[release, making, await mirror()],
  ]);
  await complete(making);
  await Deno.rename(making, root);
  return root;
}

/** What the packages' scripts would have done. */
async function complete(root: string): Promise<void> {
  for (const folder of ["dev", "etc", "proc", "sys", "tmp"]) {
    await Deno.mkdir(join(root, folder), { recursive: true });
  }
  const write = (path: string, text: string) => Deno.writeTextFile(join(root, path), text);
  if (statIfAny(join(root, "bin/sh")) === undefined) {
    await Deno.symlink("dash", join(root, "bin/sh"));
  }
  await write("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
  await write("etc/nsswitch.conf", "hosts: files\n");
  await write("etc/group", "root:x:0:\n");
  await write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
}

/** The static emulator, which works in any root. Fetched once; nothing is installed. */
export async function armEmulator(): Promise<string> {
  const emulator = join(cacheFolder(), "qemu-arm-static");
  if (statIfAny(emulator) !== undefined) return emulator;
  const making = await Deno.makeTempDir({ dir: cacheFolder(), prefix: "qemu-" });
  try {
    await must("apt-get", ["-qq", "download", "qemu-user-static"], making);
    await must("sh", ["-c", "dpkg-deb -x qemu-user-static_*.deb ."], making);
    await Deno.rename(join(making, "usr/bin/qemu-arm-static"), emulator);
  } finally {
    await Deno.remove(making, { recursive: true });
  }
  return emulator;
}

/** The one that this machine's own packages come from, which may be nearer. */
async function mirror(): Promise<string> {
  const args = ["indextargets", "--format", "$(COMPONENT) $(REPO_URI)", "Created-By: Packages"];
  const { stdout } = await runCommand("apt-get", { args });
  return /^main (\S+\/debian\/?)$/m.exec(stdout)?.[1] ?? MIRROR;
}

async function must(command: string, args: readonly string[], cwd = "/"): Promise<void> {
  const { code, stderr } = await runCommand(command, { args, cwd });
  if (code !== 0) throw new Error(`"${command} ${args.join(" ")}" failed: ${stderr}`);
}

function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? "/tmp";
  return join(Deno.env.get("XDG_CACHE_HOME") || join(home, ".cache"), "rpi-cluster-alert");
}
