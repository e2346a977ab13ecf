/** The start task: everything on one machine, up without set-up and gone without a trace. */

import assert from "node:assert/strict";
import { PROJECT } from "../../scripts/project.ts";
import { runCommand } from "../support/command.ts";
import { freePort } from "../support/free_port.ts";
import { TemporaryFolder } from "../support/temporary_folder.ts";
import { until, within } from "../support/until.ts";

/** On a busy machine; the packages are there already. */
const UP_MS = 60_000;

/** Asked to end, everything has ended after this long. */
const END_MS = 2000;

/** One start task with state and ports of its own. It dies with the test. */
class StartTask implements AsyncDisposable {
  readonly #folder = new TemporaryFolder();
  readonly #listen = `127.0.0.1:${freePort()}`;
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  #said = "";
  #hasEnded = false;

  constructor({ listen }: { readonly listen?: string } = {}) {
    this.#process = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", Deno.execPath(), "run", "--allow-all", "scripts/start.ts"],
      cwd: PROJECT,
      env: {
        RPI_CLUSTER_HUB_LISTEN: listen ?? this.#listen,
        RPI_CLUSTER_HUB_BROKER_LISTEN: `127.0.0.1:${freePort()}`,
        RPI_CLUSTER_HUB_STATE: this.#folder.path,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#process.status.then(() => this.#hasEnded = true);
    const { stdout, stderr } = this.#process;
    this.#reading = Promise.all([this.#keep(stdout), this.#keep(stderr)]).then(() => {});
  }

  get said(): string {
    return this.#said;
  }

  /** Waits until this machine's agent is known to the hub as alive. */
  async untilUp(): Promise<void> {
    const nodes = async () => {
      const answer = await this.#get("/api/v1/nodes");
      return answer?.nodes.some((node: { liveness: string }) => node.liveness === "alive");
    };
    await until("this machine to be up", nodes, { withinMs: UP_MS }).catch((error) => {
      throw new Error(`${error.message}; the task said:\n${this.#said}`);
    });
  }

  /** Sends a signal and waits for the end; how long that took, and the status. */
  async end(signal: Deno.Signal): Promise<{ readonly tookMs: number; readonly code: number }> {
    const askedAt = performance.now();
    this.#process.kill(signal);
    return { ...await this.ended(), tookMs: performance.now() - askedAt };
  }

  async ended(): Promise<{ readonly code: number }> {
    const { code } = await within("the start task to end", this.#process.status, {
      withinMs: UP_MS,
    });
    await this.#reading;
    return { code };
  }

  /** Command lines of its programs that still run: each names a file in its state folder. */
  async programs(): Promise<string[]> {
    const { stdout } = await runCommand("ps", { args: ["-eo", "args"] });
    return stdout.split("\n").filter((line) => line.includes(`--config ${this.#folder.path}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) await this.end("SIGKILL");
    this.#folder[Symbol.dispose]();
  }

  async #get(path: string) {
    try {
      const password = await Deno.readTextFile(this.#folder.file("password"));
      const headers = { Authorization: `Bearer ${password.trim()}` };
      const response = await fetch(`http://${this.#listen}${path}`, { headers });
      return response.ok ? await response.json() : void await response.body?.cancel();
    } catch (error) {
      // Neither the password nor the port is there from the beginning.
      if (error instanceof TypeError || error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  async #keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.#said += text;
  }
}

Deno.test("start brings this machine up, and Ctrl-C ends all of it within 2 s", async () => {
  await using task = new StartTask();
  try {
    await task.untilUp();
    assert.match(task.said, /The page: {2}http:\/\/127\.0\.0\.1:\d+\//);
    assert.match(task.said, /Password: {2}in /);
    assert.equal((await task.programs()).length, 3, "hub, agent and tracker are processes");
  } finally {
    const { code, tookMs } = await task.end("SIGINT");
    assert.equal(code, 0, task.said);
    assert.ok(tookMs < END_MS, `it took ${tookMs} ms`);
  }
  assert.match(task.said, /agent +\| .*farewell/, "the agent had the time to say farewell");
  assert.deepEqual(await task.programs(), []);
});

Deno.test("start leaves no program behind when it is killed", async () => {
  await using task = new StartTask();
  try {
    await task.untilUp();
  } finally {
    await task.end("SIGKILL");
  }
  await until("all programs to be gone", async () => (await task.programs()).length === 0, {
    withinMs: END_MS,
  });
});

Deno.test("start says which port is taken and how to choose another one", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  await using task = new StartTask({ listen: `127.0.0.1:${port}` });
  assert.equal((await task.ended()).code, 1);
  assert.match(task.said, new RegExp(`Port ${port}, for the page, is taken`));
  assert.match(task.said, new RegExp(`RPI_CLUSTER_HUB_LISTEN=127\\.0\\.0\\.1:${port + 1}`));
});
