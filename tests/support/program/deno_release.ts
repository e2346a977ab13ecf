/** A server like Deno's download server, with one release: the running Deno. */

import { join } from "node:path";
import { runCommand } from "./command.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** Not compressed, because the file is large and only the download matters. */
const ZIP = `import sys, zipfile
zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_STORED).write(sys.argv[2], "deno")`;

/** `await using release = await DenoRelease.serve();` on loopback. */
export class DenoRelease implements AsyncDisposable {
  /** The paths of all requests so far. */
  readonly requests: string[] = [];
  /** A wrong SHA-256 to send instead of the right one. */
  claimedSum: string | undefined;
  readonly #folder: TemporaryFolder;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #sum: string;

  private constructor(folder: TemporaryFolder, sum: string) {
    this.#folder = folder;
    this.#sum = sum;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(new URL(request.url).pathname),
    );
  }

  static async serve(): Promise<DenoRelease> {
    const folder = new TemporaryFolder();
    const archive = folder.file("deno.zip");
    const zip = await runCommand("python3", { args: ["-c", ZIP, archive, Deno.execPath()] });
    if (zip.code !== 0) throw new Error(`Cannot make the archive: ${zip.stderr}`);
    const { stdout } = await runCommand("sha256sum", { args: [archive] });
    return new DenoRelease(folder, stdout.slice(0, 64));
  }

  /** The value for `DENO_DOWNLOAD_URL`. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/release`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    this.#folder[Symbol.dispose]();
  }

  async #answer(path: string): Promise<Response> {
    this.requests.push(path);
    const name = `/release/v${Deno.version.deno}/deno-${Deno.build.target}.zip`;
    if (path === name) {
      const archive = await Deno.open(join(this.#folder.path, "deno.zip"));
      return new Response(archive.readable);
    }
    if (path === `${name}.sha256sum`) {
      return new Response(`${this.claimedSum ?? this.#sum}  deno-${Deno.build.target}.zip\n`);
    }
    return new Response("not found", { status: 404 });
  }
}
