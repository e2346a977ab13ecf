/** The Debian packages that tests need, and how they come onto this machine. */

/** Something that tests need, and the package that brings it. */
export interface Need {
  readonly package: string;
  /** It is there when one of these files is. */
  readonly files: readonly string[];
}

/** Where Debian has programs; an ordinary user's PATH lacks the half of it. */
const PROGRAM_FOLDERS = ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"];

/** Where it has libraries, on the architectures that tests run on. */
const LIBRARY_FOLDERS = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];

/** How long apt may wait for another apt, in seconds. */
const LOCK_TIMEOUT_S = 120;

/** A program of a package; its name is the package's unless told. */
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

/** Those of the needs that are not there. */
export function missingOf(needs: readonly Need[]): Need[] {
  return needs.filter((need) => !need.files.some(isThere));
}

/** The one command that installs what the needs name. */
export function installCommand(needs: readonly Need[]): string {
  return `sudo apt-get update && sudo apt-get install --no-install-recommends ${names(needs)}`;
}

/**
 * Installs what the needs name, as root or by a sudo that asks for no password. Answers whether it
 * could; what apt says is passed through.
 */
export async function install(needs: readonly Need[]): Promise<boolean> {
  if (!PROGRAM_FOLDERS.some((folder) => isThere(`${folder}/apt-get`))) return false;
  const root = await becomeRoot();
  if (root === undefined) return false;
  const apt = [...root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  const lock = ["-o", `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`, "-q"];
  // Lists that cannot be renewed may still do.
  await succeeds([...apt, ...lock, "update"]);
  const packages = names(needs).split(" ");
  return await succeeds([...apt, ...lock, "install", "-y", "--no-install-recommends", ...packages]);
}

/** What stands before a command to run it as root; undefined when this user may not. */
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
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
