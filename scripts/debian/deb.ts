/** Makes one Debian package with `dpkg-deb` alone, on any machine that has dpkg. */

import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { run } from "./command.ts";

/** The processors by Debian's names; `all` for a package without programs. */
export type DebArchitecture = "amd64" | "arm64" | "armhf" | "all";

/** How the files of a package are compressed. */
export type Compression = keyof typeof COMPRESSIONS;

/**
 * The flags of dpkg-deb. `xz` is what every dpkg unpacks, `quick` is for files that are compressed
 * already, and `none`, which Debian's rules forbid, is for tests.
 */
const COMPRESSIONS = {
  xz: ["-Zxz"],
  quick: ["-Zgzip", "-z1"],
  none: ["-Znone"],
} as const;

export type PackagedFile =
  | { readonly from: string; readonly mode?: number }
  | { readonly text: string; readonly mode?: number }
  /** A text that Debian wants compressed; its path ends with `.gz`. */
  | { readonly long: string }
  /** A symbolic link. */
  | { readonly to: string };

export interface DebPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: DebArchitecture;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly description: string;
  /** `Depends`, `Recommends`, ... */
  readonly relations: Readonly<Record<string, string>>;
  /** By absolute path. The mode is 0644 unless told. */
  readonly files: Readonly<Record<string, PackagedFile>>;
  /** Empty folders, by absolute path. */
  readonly folders?: readonly string[];
  readonly scripts: Readonly<Partial<Record<MaintainerScript, string>>>;
  /** Remarks of lintian that do not apply, each with its reason as a comment above it. */
  readonly lintianOverrides?: readonly string[];
}

export type MaintainerScript = "preinst" | "postinst" | "prerm" | "postrm";

/** Of every package. */
export interface DebProject {
  readonly maintainer: string;
  readonly homepage: string;
  readonly copyright: string;
}

const FILE_MODE = 0o644;
const PROGRAM_MODE = 0o755;
/** `Description` has lines of at most 80 characters, each after a space. */
const DESCRIPTION_WIDTH = 78;

/** Returns the file name that Debian gives a package. */
export function debFileName(deb: Pick<DebPackage, "name" | "version" | "architecture">): string {
  return `${deb.name}_${deb.version}_${deb.architecture}.deb`;
}

/**
 * Writes the package into `folder`, and returns the path of its file. Throws when a file is missing
 * or dpkg-deb fails.
 */
export async function makeDeb(
  deb: DebPackage,
  project: DebProject,
  { folder, compression }: { readonly folder: string; readonly compression: Compression },
): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "rpi-cluster-deb-" });
  try {
    await Deno.chmod(root, PROGRAM_MODE);
    const files = { ...deb.files, ...documentation(deb, project) };
    for (const [path, file] of Object.entries(files)) await place(join(root, path), file);
    for (const path of deb.folders ?? []) await makeFolder(join(root, path));
    await writeControl(root, { deb, project, paths: Object.keys(files) });
    const output = join(folder, debFileName(deb));
    await Deno.mkdir(folder, { recursive: true });
    await run(
      "dpkg-deb",
      "--root-owner-group",
      ...COMPRESSIONS[compression],
      "--build",
      root,
      output,
    );
    return output;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function documentation(
  { name, version, lintianOverrides = [] }: DebPackage,
  { maintainer, homepage, copyright }: DebProject,
): Readonly<Record<string, PackagedFile>> {
  const folder = `/usr/share/doc/${name}`;
  const overrides = lintianOverrides
    .map((line) => (line.startsWith("#") ? line : `${name}: ${line}`)).join("\n");
  return {
    [`${folder}/copyright`]: { text: copyright },
    [`${folder}/changelog.gz`]: {
      long: `rpi-cluster-alert (${version}) unstable; urgency=medium\n\n` +
        `  * See ${homepage}/blob/main/CHANGELOG.md\n\n` +
        ` -- ${maintainer}  ${rfc5322(changeTime())}\n`,
    },
    ...(overrides === ""
      ? {}
      : { [`/usr/share/lintian/overrides/${name}`]: { text: `${overrides}\n` } }),
  };
}

/** `SOURCE_DATE_EPOCH` makes two builds of the same sources equal; dpkg-deb heeds it too. */
function changeTime(): Date {
  const seconds = Deno.env.get("SOURCE_DATE_EPOCH");
  return seconds === undefined ? new Date() : new Date(Number(seconds) * 1000);
}

function rfc5322(time: Date): string {
  return time.toUTCString().replace("GMT", "+0000");
}

async function place(path: string, file: PackagedFile): Promise<void> {
  await makeFolder(dirname(path));
  if ("to" in file) return await Deno.symlink(file.to, path);
  if ("long" in file) return await compress(path, file.long);
  if ("from" in file) await Deno.copyFile(file.from, path);
  else await Deno.writeTextFile(path, file.text);
  await Deno.chmod(path, file.mode ?? FILE_MODE);
}

/** Independent of the umask. */
async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await makeFolder(dirname(path));
    await Deno.mkdir(path);
  }
  await Deno.chmod(path, PROGRAM_MODE);
}

/** As small as possible, and without a time of its own. */
async function compress(path: string, text: string): Promise<void> {
  const plain = path.replace(/\.gz$/, "");
  await Deno.writeTextFile(plain, text);
  await Deno.chmod(plain, FILE_MODE);
  await run("gzip", "-9n", plain);
}

async function writeControl(
  root: string,
  { deb, project, paths }: {
    readonly deb: DebPackage;
    readonly project: DebProject;
    readonly paths: readonly string[];
  },
): Promise<void> {
  const folder = join(root, "DEBIAN");
  await makeFolder(folder);
  const sums: string[] = [];
  let bytes = 0;
  for (const path of paths.toSorted()) {
    const info = await Deno.lstat(join(root, path));
    if (!info.isFile) continue;
    bytes += info.size;
    const sum = createHash("md5").update(await Deno.readFile(join(root, path))).digest("hex");
    sums.push(`${sum}  ${path.slice(1)}\n`);
  }
  await Deno.writeTextFile(join(folder, "md5sums"), sums.join(""));
  await Deno.chmod(join(folder, "md5sums"), FILE_MODE);
  await Deno.writeTextFile(join(folder, "control"), controlOf(deb, project, bytes));
  await Deno.chmod(join(folder, "control"), FILE_MODE);
  for (const [name, text] of Object.entries(deb.scripts)) {
    await Deno.writeTextFile(join(folder, name), text);
    await Deno.chmod(join(folder, name), PROGRAM_MODE);
  }
}

function controlOf(deb: DebPackage, { maintainer, homepage }: DebProject, bytes: number): string {
  const fields = {
    Package: deb.name,
    Source: "rpi-cluster-alert",
    Version: deb.version,
    Architecture: deb.architecture,
    Maintainer: maintainer,
    "Installed-Size": `${Math.ceil(bytes / 1024)}`,
    ...deb.relations,
    Section: "net",
    Priority: "optional",
    Homepage: homepage,
    Description: `${deb.summary}\n${wrapped(deb.description)}`,
  };
  return Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`).join("");
}

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > DESCRIPTION_WIDTH) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => ` ${one}`).join("\n");
}
