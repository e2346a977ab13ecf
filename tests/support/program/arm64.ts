/** Runs programs for arm64 on another machine, under qemu, with Debian's C library for arm64. */

import { join } from "node:path";
import { statIfAny } from "../../../io/files/atomic_file.ts";
import { runCommand } from "./command.ts";

/** The libraries that a program compiled by Deno needs. */
const PACKAGES = ["libc6", "libgcc-s1"];

/** The command, and the arguments before a program's own path. */
export interface Emulator {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Downloads the libraries once into the user's cache, with an apt configuration of its own that
 * leaves the machine's unchanged. Throws with apt's output when it cannot.
 */
export async function arm64Emulator(): Promise<Emulator> {
  const { suite, mirror } = await debianMirror();
  const cache = join(cacheFolder(), `arm64-${suite}`);
  const root = join(cache, "root");
  const complete = join(cache, "complete");
  if (statIfAny(complete) === undefined) {
    await unpack(await download(cache, `${mirror} ${suite} main`), root);
    await Deno.writeTextFile(complete, "");
  }
  return { command: "qemu-aarch64", args: ["-L", root] };
}

/** Returns the suite and mirror of this machine's own packages. */
async function debianMirror(): Promise<{ readonly suite: string; readonly mirror: string }> {
  const args = ["indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)"];
  const listing = await must("apt-get", [...args, "Created-By: Packages"]);
  // Suites with a dash (-security, -updates) are incomplete.
  const found = /^([a-z]+) main (\S+)$/m.exec(listing);
  if (!found?.[1] || !found[2]) throw new Error("apt knows no Debian mirror here");
  return { suite: found[1], mirror: found[2] };
}

/** Downloads the packages; returns the paths of their files. */
async function download(cache: string, source: string): Promise<string[]> {
  const archives = join(cache, "archives");
  for (const folder of ["lists/partial", "archives/partial", "none"]) {
    await Deno.mkdir(join(cache, folder), { recursive: true });
  }
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const signedBy = statIfAny(keyring) !== undefined ? `[signed-by=${keyring}] ` : "";
  await Deno.writeTextFile(join(cache, "sources.list"), `deb ${signedBy}${source}\n`);
  await Deno.writeTextFile(join(cache, "status"), "");
  const settings = {
    "APT::Architecture": "arm64",
    "APT::Architectures": "arm64",
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
    "Debug::NoLocking": "1",
    "Dir::Etc::sourcelist": join(cache, "sources.list"),
    "Dir::Etc::sourceparts": join(cache, "none"),
    "Dir::Etc::preferencesparts": join(cache, "none"),
    "Dir::State::Lists": join(cache, "lists"),
    "Dir::State::status": join(cache, "status"),
    "Dir::Cache": cache,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  await must("apt-get", [...options, "-qq", "update"]);
  await must("apt-get", [...options, "-qq", "download", ...PACKAGES], archives);
  const files = [...Deno.readDirSync(archives)].filter(({ name }) => name.endsWith(".deb"));
  return files.map(({ name }) => join(archives, name));
}

async function unpack(archives: readonly string[], root: string): Promise<void> {
  await Deno.mkdir(root, { recursive: true });
  for (const archive of archives) await must("dpkg-deb", ["-x", archive, root]);
  // From Debian 13 on, packages need the link that another package contains.
  if (statIfAny(join(root, "lib")) === undefined) await Deno.symlink("usr/lib", join(root, "lib"));
}

async function must(command: string, args: readonly string[], cwd = "/"): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, { args, cwd });
  if (code !== 0) throw new Error(`"${command} ${args.join(" ")}" failed: ${stderr}`);
  return stdout;
}

function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? "/tmp";
  return join(Deno.env.get("XDG_CACHE_HOME") || join(home, ".cache"), "rpi-cluster-alert");
}
