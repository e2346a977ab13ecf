/** The systems that a `DebianMachine` can have. */

import { join } from "node:path";
import { statIfAny } from "../../../io/files/atomic_file.ts";
import { runCommand } from "../../support/program/command.ts";

/** `this machine`: that of the system that runs the test, as it is. */
export type DebianRelease = "this machine" | "bookworm" | "trixie";

/** What a Pi with Raspberry Pi OS Lite has, as far as it matters here. */
const PACKAGES: readonly string[] = [
  ..."systemd systemd-sysv libpam-systemd dbus udev kmod sudo passwd iproute2 procps".split(" "),
  ..."ca-certificates curl netbase apt init-system-helpers".split(" "),
];
const MIRROR = "http://deb.debian.org/debian";

/** The folder of a whole system, which nobody may change. Made once, in the user's cache. */
export async function debianRoot(release: DebianRelease): Promise<string> {
  if (release === "this machine") return "/";
  const root = join(cacheFolder(), `debian-${release}`);
  if (statIfAny(join(root, "etc/debian_version")) !== undefined) return root;
  const making = `${root}.${Deno.pid}`;
  await Deno.mkdir(cacheFolder(), { recursive: true });
  const { code, stderr } = await runCommand("mmdebstrap", {
    args: [
      ...["--quiet", "--mode=root", "--variant=minbase", `--include=${PACKAGES.join(",")}`],
      ...['--aptopt=Acquire::Languages "none"', '--aptopt=Acquire::Retries "3"'],
      ...["--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*"],
      ...[release, making, await mirror()],
    ],
  });
  if (code !== 0) throw new Error(`mmdebstrap ${release}: ${stderr}`);
  await Deno.rename(making, root);
  return root;
}

/** Why a release cannot be had here, or `undefined`. */
export function releaseHindrance(release: DebianRelease): string | undefined {
  const command = release === "this machine" ? "apt-get" : "mmdebstrap";
  const isThere = ["/usr/bin", "/usr/sbin"].some((folder) => {
    return statIfAny(`${folder}/${command}`) !== undefined;
  });
  return isThere ? undefined : `there is no ${command}`;
}

/** The one that this machine's own packages come from, which may be nearer. */
async function mirror(): Promise<string> {
  const args = ["indextargets", "--format", "$(COMPONENT) $(REPO_URI)", "Created-By: Packages"];
  const { stdout } = await runCommand("apt-get", { args });
  return /^main (\S+\/debian\/?)$/m.exec(stdout)?.[1] ?? MIRROR;
}

function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? "/tmp";
  return join(Deno.env.get("XDG_CACHE_HOME") || join(home, ".cache"), "rpi-cluster-alert");
}
