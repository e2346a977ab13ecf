/** The packages that the hub offers to its Pis: `[hub] packages`. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { compareVersions } from "../../core/text/package_version.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { type PackageName, packageNameOf, type Part } from "./package_name.ts";

/** A folder with more entries is not ours. */
const ENTRIES_MAX = 1000;
/** Several times the largest of our packages. */
const BYTES_MAX = 256 * 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;
/** Several Pis may join at once; each fetches one package after the other. */
export const DOWNLOADS_MAX = 8;

export interface NodePackage extends PackageName {
  readonly bytes: number;
  /** Of its content, as `sha256sum` writes it. */
  readonly sha256: string;
}

export type Download =
  | { readonly kind: "opened"; readonly bytes: number; readonly body: ReadableStream<Uint8Array> }
  | { readonly kind: "absent" }
  /** As many are under way as the hub serves. */
  | { readonly kind: "busy" };

const log = getLog("join");

export class PackageFolder {
  readonly #folder: string;
  /** By the version of a file on the disk. */
  readonly #digests = new Map<string, Promise<string>>();
  #downloads = 0;
  #problem: string | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The newest packages of each architecture, all of one version. Empty when there are none. */
  async list(): Promise<readonly NodePackage[]> {
    const found = await Promise.all((await this.#names()).map((name) => this.#measured(name)));
    return newestOf(found.filter((one) => one !== undefined));
  }

  /** The architectures for which there is an agent. */
  async architectures(): Promise<readonly string[]> {
    return [...(await this.versions()).keys()].toSorted();
  }

  /** The version that a Pi of each architecture would get now. */
  async versions(): Promise<ReadonlyMap<string, string>> {
    const names = newestOf(await this.#names());
    return new Map(names.map(({ architecture, version }) => [architecture, version]));
  }

  /** Opens a package; the caller has found its name in `list`. */
  async open(file: string): Promise<Download> {
    if (packageNameOf(file) === undefined) return { kind: "absent" };
    if (this.#downloads >= DOWNLOADS_MAX) return { kind: "busy" };
    this.#downloads++;
    try {
      const opened = await Deno.open(join(this.#folder, file));
      const { size } = await opened.stat();
      return { kind: "opened", bytes: size, body: this.#bodyOf(opened) };
    } catch (error) {
      this.#downloads--;
      if (!(error instanceof Deno.errors.NotFound)) {
        log.warning("cannot read a package", { file, reason: reasonOf(error) });
      }
      return { kind: "absent" };
    }
  }

  /** Reads a block when the client has taken the one before. */
  #bodyOf(file: Deno.FsFile): ReadableStream<Uint8Array> {
    let isOpen = true;
    const close = () => {
      // A client that has everything may hang up before the end of the file is read.
      if (!isOpen) return;
      isOpen = false;
      file.close();
      this.#downloads--;
    };
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const block = new Uint8Array(BLOCK_BYTES);
        const read = await file.read(block).catch((error: unknown) => {
          close();
          throw error;
        });
        if (read !== null) return controller.enqueue(block.subarray(0, read));
        close();
        controller.close();
      },
      cancel: close,
    }, { highWaterMark: 0 });
  }

  async #names(): Promise<readonly PackageName[]> {
    const names: PackageName[] = [];
    try {
      let left = ENTRIES_MAX;
      for await (const { name } of Deno.readDir(this.#folder)) {
        if (left-- === 0) break;
        names.push(...[packageNameOf(name)].filter((one) => one !== undefined));
      }
      this.#problem = undefined;
    } catch (error) {
      const reason = reasonOf(error);
      // A hub without packages is usual, and its page says what to do.
      if (!(error instanceof Deno.errors.NotFound) && reason !== this.#problem) {
        log.warning("cannot read the folder of packages ([hub] packages)", {
          folder: this.#folder,
          reason,
        });
      }
      this.#problem = reason;
    }
    return names;
  }

  async #measured(name: PackageName): Promise<NodePackage | undefined> {
    const path = join(this.#folder, name.file);
    try {
      const { isFile, size, mtime } = await Deno.stat(path);
      if (!isFile || size > BYTES_MAX) return undefined;
      const version = `${name.file} ${mtime?.getTime()} ${size}`;
      const digest = this.#digests.get(version) ?? digestOf(path);
      this.#keep(version, digest);
      return { ...name, bytes: size, sha256: await digest };
    } catch (error) {
      log.warning("cannot read a package", { file: name.file, reason: reasonOf(error) });
      return undefined;
    }
  }

  #keep(version: string, digest: Promise<string>): void {
    this.#digests.set(version, digest);
    digest.catch(() => this.#digests.delete(version));
    const [oldest] = this.#digests.keys();
    if (this.#digests.size > ENTRIES_MAX && oldest !== undefined) this.#digests.delete(oldest);
  }
}

/** Reads a file block by block, so that the hub's loop never waits for all of it. */
async function digestOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const block = new Uint8Array(BLOCK_BYTES);
  for (;;) {
    const read = await file.read(block);
    if (read === null) return hash.digest("hex");
    hash.update(block.subarray(0, read));
  }
}

/** What a Pi needs at least. */
const WHOLES: readonly (readonly Part[])[] = [["common", "agent"], ["agent-sh"]];

/** Of each architecture the newest version that has all that a Pi needs. */
function newestOf<Name extends PackageName>(all: readonly Name[]): readonly Name[] {
  const byArchitecture = Map.groupBy(all, ({ architecture }) => architecture);
  return [...byArchitecture.values()].flatMap((names) => {
    const byVersion = Map.groupBy(names, ({ version }) => version);
    const whole = [...byVersion].filter(([, names]) =>
      WHOLES.some((parts) => parts.every((part) => names.some((name) => name.part === part)))
    );
    return whole.toSorted(([a], [b]) => compareVersions(b, a))[0]?.[1] ?? [];
  });
}
