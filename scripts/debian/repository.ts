/**
 * Makes a signed apt repository of packages: `pool/` with their files, `dists/stable/` with the
 * indexes. A web server of static files is enough to serve it.
 */

import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { run } from "./command.ts";

const SUITE = "stable";
const COMPONENT = "main";
const ORIGIN = "RPi Cluster Alert";
const PUBLIC_KEY = "rpi-cluster-alert.asc";

export interface RepositoryOptions {
  /** Paths of .deb files. */
  readonly packages: readonly string[];
  /** What is there is replaced. */
  readonly folder: string;
  /** The fingerprint of a key in gpg's key ring, or another name that gpg accepts. */
  readonly key: string;
  /** The folder of the key ring; gpg's own unless told. */
  readonly keyRing?: string;
}

/** One package's entry in `Packages`. */
interface Entry {
  readonly architecture: string;
  readonly text: string;
}

/** Throws when a package cannot be read, or gpg does not sign. */
export async function makeRepository(options: RepositoryOptions): Promise<void> {
  const { packages, folder, key, keyRing } = options;
  const gpg = (...args: readonly string[]) =>
    run("gpg", ...(keyRing === undefined ? [] : [`--homedir=${keyRing}`]), "--batch", ...args);
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const entries: Entry[] = [];
  for (const path of packages) entries.push(await addPackage(path, folder));
  const own = entries.map(({ architecture }) => architecture).filter((name) => name !== "all");
  const architectures = [...new Set(own)].sort();
  const indexes: string[] = [];
  for (const architecture of architectures) {
    const index = `${COMPONENT}/binary-${architecture}/Packages`;
    const isListed = (entry: Entry) => [architecture, "all"].includes(entry.architecture);
    const text = entries.filter(isListed).map((entry) => entry.text).join("\n");
    const file = join(folder, "dists", SUITE, index);
    await writeFile(file, text);
    await run("gzip", "-9nk", file);
    indexes.push(index, `${index}.gz`);
  }
  await writeFile(join(folder, PUBLIC_KEY), await gpg("--armor", "--export", key));
  const release = join(folder, "dists", SUITE, "Release");
  await writeFile(release, await releaseText(dirname(release), { indexes, architectures }));
  const as = ["--yes", "--local-user", key, "--digest-algo", "SHA512"];
  await gpg(...as, "--output", join(dirname(release), "InRelease"), "--clearsign", release);
  await gpg(...as, "--armor", "--output", `${release}.gpg`, "--detach-sign", release);
}

async function addPackage(path: string, folder: string): Promise<Entry> {
  const control = await run("dpkg-deb", "--field", path);
  const name = basename(path);
  const place = join("pool", COMPONENT, name);
  await Deno.mkdir(join(folder, dirname(place)), { recursive: true });
  await Deno.copyFile(path, join(folder, place));
  const bytes = await Deno.readFile(path);
  const fields = [
    control.trimEnd(),
    `Filename: ${place}`,
    `Size: ${bytes.length}`,
    `SHA256: ${sha256(bytes)}`,
    "",
  ];
  return {
    architecture: /^Architecture: (\S+)$/m.exec(control)?.[1] ?? "all",
    text: fields.join("\n"),
  };
}

/** What is signed: the sums of the indexes, which have the sums of the packages. */
async function releaseText(
  folder: string,
  { indexes, architectures }: {
    readonly indexes: readonly string[];
    readonly architectures: readonly string[];
  },
): Promise<string> {
  const sums: string[] = [];
  for (const index of indexes) {
    const bytes = await Deno.readFile(join(folder, index));
    sums.push(` ${sha256(bytes)} ${bytes.length} ${index}`);
  }
  return [
    `Origin: ${ORIGIN}`,
    `Label: ${ORIGIN}`,
    `Suite: ${SUITE}`,
    `Codename: ${SUITE}`,
    `Date: ${new Date().toUTCString().replace("GMT", "UTC")}`,
    `Architectures: ${architectures.join(" ")}`,
    `Components: ${COMPONENT}`,
    "SHA256:",
    ...sums,
    "",
  ].join("\n");
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function writeFile(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}
