/** A server with the packages of the latest release, as GitHub has it. */

import type { PiTarget } from "../../../scripts/debian/packages.ts";
import { makePackages } from "../../../scripts/package.ts";
import { ownArchitecture } from "../../../scripts/permissions.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

/** What a release is about, beside the executables of `dist/`. */
export interface ReleaseOptions {
  readonly version: string;
  /** The latest format of the hub's database; the present one unless told. */
  readonly schema?: number;
  /** What the packages run on; this machine unless told. */
  readonly targets?: readonly PiTarget[];
}

/** `await using server = ReleaseServer.start(address);` */
export class ReleaseServer implements AsyncDisposable {
  /** What stands before the names of files. */
  readonly url: string;
  readonly #folder = new TemporaryFolder();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #latest = "";

  private constructor(hostname: string) {
    const onListen = () => {};
    this.#server = Deno.serve({ hostname, port: 0, onListen }, (request) => this.#answer(request));
    this.url = `http://${hostname}:${this.#server.addr.port}`;
  }

  static start(address: string): ReleaseServer {
    return new ReleaseServer(address);
  }

  /** Makes the packages of a release, and serves them from now on. */
  async publish({ targets = [ownArchitecture()], ...options }: ReleaseOptions): Promise<void> {
    await makePackages({
      ...options,
      folder: this.#folder.file(options.version),
      targets,
      // Whatever is saved here is paid for twice, at packing and at unpacking.
      compression: "none",
    });
    this.#latest = options.version;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    this.#folder[Symbol.dispose]();
  }

  /** Files of a release are named without its version, so that there are addresses that last. */
  async #answer(request: Request): Promise<Response> {
    const name = /^\/([\w-]+)_(\w+)\.deb$/.exec(new URL(request.url).pathname);
    if (name === null) return new Response("no such file", { status: 404 });
    const [, packageName, architecture] = name;
    const file = `${this.#latest}/${packageName}_${this.#latest}_${architecture}.deb`;
    try {
      return new Response((await Deno.open(this.#folder.file(file))).readable);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return new Response("no such file", { status: 404 });
    }
  }
}
