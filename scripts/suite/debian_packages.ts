/** The Debian packages that tests need, and their installation. */

import { statIfAny } from "../../io/files/atomic_file.ts";

/** A requirement of tests, and its package. */
export interface Need {
  readonly package: string;
  /** It is installed when one of these files exists. */
  readonly files: readonly string[];
}

/** Debian's folders of programs; an ordinary user's PATH has only half of them. */
const PROGRAM_FOLDERS = ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"];

/** Debian's folders of libraries, on the architectures for tests. */
const LIBRARY_FOLDERS = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];

/** How long apt may wait for another apt, in seconds. */
const LOCK_TIMEOUT_S = 120;

/** A program of a package. Default: it has the package's name. */
export function program(debianPackage: string, name = debianPackage): Need {
  return { package: debianPackage, files: PROGRAM_FOLDERS.map((folder) => `${folder}/${name}`) };
}

/** Any file of a package, by absolute path. */
export function file(debianPackage: string, path: string): Need {
  return { package: debianPackage, files: [path] };
}

/** A shared library of a package, by its soname. */
export function library(debianPackage: string, soname: string): Need {
  return { package: debianPackage, files: LIBRARY_FOLDERS.map((folder) => `${folder}/${soname}`) };
}

/** Returns the needs that are not installed. */
export function missingOf(needs: readonly Need[]): Need[] {
  return needs.filter((need) => !need.files.some(isThere));
}

/** Returns the command that installs the needs. */
export function installCommand(needs: readonly Need[]): string {
  return `sudo apt-get update && sudo apt-get install --no-install-recommends ${names(needs)}`;
}

/**
 * Installs the needs as root, or with a sudo that needs no password. Returns whether it succeeded;
 * apt's output is passed through.
 */
export async function install(needs: readonly Need[]): Promise<boolean> {
  if (!PROGRAM_FOLDERS.some((folder) => isThere(`${folder}/apt-get`))) return false;
  const root = await becomeRoot();
  if (root === undefined) return false;
  const apt = [...root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  const lock = ["-o", `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`, "-q"];
  // Old lists may still be sufficient.
  await succeeds([...apt, ...lock, "update"]);
  const packages = names(needs).split(" ");
  return await succeeds([...apt, ...lock, "install", "-y", "--no-install-recommends", ...packages]);
}

/** Returns the prefix that runs a command as root; undefined when this user may not. */
async function becomeRoot(): Promise<string[] | undefined> {
  if (Deno.uid() === 0) return [];
  const sudo = ["sudo", "--non-interactive"];
  const found = PROGRAM_FOLDERS.some((folder) => isThere(`${folder}/sudo`));
  return found && await succeeds([...sudo, "true"]) ? sudo : undefined;
}

async function succeeds([command = "", ...args]: readonly string[]): Promise<boolean> {
  const { success } = await new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return success;
}

function names(needs: readonly Need[]): string {
  return [...new Set(needs.map((need) => need.package))].sort().join(" ");
}

function isThere(path: string): boolean {
  return statIfAny(path) !== undefined;
}
