/** Hubs of this version and of an earlier one, for benches under load. */

import { join } from "node:path";
import type { NodeView } from "../../core/api/node_view.ts";
import { freePort } from "../../tests/support/network/free_port.ts";
import { iniOf, type Sections, withSections } from "../../tests/support/program/programs.ts";
import { TemporaryFolder } from "../../tests/support/program/temporary_folder.ts";
import { until } from "../../tests/support/time/until.ts";
import { extractEarlier, HERE, run } from "../earlier_version.ts";

/** The last commit before the hub read in batches. */
export const EARLIER = "5c33a90";
export const VERSIONS = ["before", "now"] as const;
export type Version = typeof VERSIONS[number];

const BUILD = join("bench", "load", "build.ts");
const PASSWORD = "password-of-the-hub-under-load";
/** The file limit of the hub's unit. */
const OPEN_FILES = 16_384;
const SLOW = { withinMs: 240_000 };

/** Compiles the executable of each version. */
export async function buildHubs(folder: TemporaryFolder): Promise<void> {
  const tree = folder.file("tree");
  await extractEarlier(tree, [BUILD], EARLIER);
  for (const version of VERSIONS) {
    Deno.mkdirSync(folder.file(version));
    const build = [Deno.execPath(), "run", "--allow-all", "--no-check", BUILD];
    await run([...build, folder.file(version)], version === "now" ? HERE : tree);
  }
}

/** `await using hub = await LoadedHub.start(folder, "now", {...});` */
export class LoadedHub implements AsyncDisposable {
  readonly brokerPort = freePort();
  readonly #folder = new TemporaryFolder();
  readonly #page = freePort();
  readonly #child: Deno.ChildProcess;
  readonly #lines: string[] = [];
  readonly #reading: Promise<void>;

  #exitCode: number | undefined;

  private constructor(executable: string, version: Version, config: Sections) {
    // The earlier version does not know TLS, and refuses keys that it does not know.
    const plain = version === "now" ? { https_listen: "none", mqtts_listen: "none" } : {};
    const own = {
      hub: {
        listen: `127.0.0.1:${this.#page}`,
        broker_listen: `127.0.0.1:${this.brokerPort}`,
        ...plain,
        state: this.#folder.file("state"),
        password: PASSWORD,
      },
      sms: { provider: "print" },
    };
    const ini = this.#folder.write("hub.ini", iniOf(withSections(own, config)));
    this.#child = new Deno.Command("prlimit", {
      args: [`--nofile=${OPEN_FILES}:${OPEN_FILES}`, executable, "--config", ini],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#reading = this.#read(this.#child.stderr);
    this.#child.status.then(({ code }) => this.#exitCode = code);
  }

  static async start(
    folder: TemporaryFolder,
    version: Version,
    config: Sections,
  ): Promise<LoadedHub> {
    const hub = new LoadedHub(join(folder.file(version), "hub"), version, config);
    try {
      await until("the hub to see", () => hub.#isReady(), SLOW);
      return hub;
    } catch (error) {
      await hub[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  get passwordFile(): string {
    return join(this.#folder.file("state"), "passwd");
  }

  /** How many times the hub has been blind so far. */
  get blindTimes(): number {
    return this.#lines.filter((line) => line.includes("blind: no verdicts")).length;
  }

  /** The number of nodes that are alive. */
  async alive(): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.#page}/api/v1/nodes`, {
      headers: { Authorization: `Bearer ${PASSWORD}` },
    });
    const { nodes }: { readonly nodes: readonly NodeView[] } = await response.json();
    return nodes.filter(({ liveness }) => liveness === "alive").length;
  }

  /** Stops the hub. Resolves to its exit status and the time that it took to end. */
  async stop(): Promise<{ readonly code: number; readonly tookMs: number }> {
    const askedMs = performance.now();
    this.#child.kill("SIGTERM");
    const { code } = await this.#child.status;
    return { code, tookMs: performance.now() - askedMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // The hub has ended.
    }
    await this.#child.status;
    await this.#reading;
    this.#folder[Symbol.dispose]();
  }

  async #isReady(): Promise<boolean> {
    if (this.#exitCode !== undefined) {
      throw new Error(`the hub ended with ${this.#exitCode}: ${this.#lines.slice(-5).join("\n")}`);
    }
    try {
      const response = await fetch(`http://127.0.0.1:${this.#page}/readyz`);
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.#lines.push(...lines);
    }
  }
}
