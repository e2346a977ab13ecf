/** The start task: runs everything on one machine without set-up, and leaves nothing behind. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PROJECT } from "../../../scripts/project.ts";
import { freePort } from "../../support/network/free_port.ts";
import { runCommand } from "../../support/program/command.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { isInTime } from "../../support/time/patience.ts";
import { until, within } from "../../support/time/until.ts";

/** For a busy machine; the packages are already cached. */
const UP_MS = 60_000;

/** A person waits for at most 60 s on their own machine, but CI machines are busy. */
const FRESH_UP_MS = 120_000;

/** The time limit for a stop. */
const END_MS = 2000;

interface StartSettings {
  /** The address of the page. */
  readonly listen?: string;
  /** The project's folder. */
  readonly project?: string;
  readonly command?: readonly string[];
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const COMMAND: readonly string[] = [Deno.execPath(), "run", "--allow-all", "scripts/start.ts"];

/** One start task with its own state and ports. It ends with the test. */
class StartTask implements AsyncDisposable {
  readonly #folder = new TemporaryFolder();
  readonly #listen = `127.0.0.1:${freePort()}`;
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  #said = "";
  #hasEnded = false;

  constructor({ listen, project = PROJECT, command = COMMAND, env = {} }: StartSettings = {}) {
    this.#process = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", ...command],
      cwd: project,
      env: {
        ...env,
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

  /** Waits until the hub shows this machine's agent as alive; returns its id. */
  async untilUp(withinMs = UP_MS): Promise<string> {
    const alive = async () => {
      const answer = await this.#get("/api/v1/nodes");
      return answer?.nodes.find((node: { liveness: string }) => node.liveness === "alive")?.id;
    };
    return await this.#until("this machine to be up", alive, withinMs);
  }

  /** Waits until a line of its programs matches. */
  async untilSaid(line: RegExp): Promise<void> {
    await this.#until(`the line ${line}`, () => Promise.resolve(line.test(this.#said)), UP_MS);
  }

  /** Sends a signal and waits for the end. Returns the duration and the status. */
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

  /** Returns the command lines of its running programs, which name a file in its state folder. */
  async programs(): Promise<string[]> {
    const { stdout } = await runCommand("ps", { args: ["-eo", "args"] });
    return stdout.split("\n").filter((line) => line.includes(`--config ${this.#folder.path}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) await this.end("SIGKILL");
    this.#folder[Symbol.dispose]();
  }

  async #until<T>(what: string, condition: () => Promise<T>, withinMs: number) {
    const answer = async () => {
      if (this.#hasEnded) throw new Error("the task has ended");
      return await condition();
    };
    return await until(what, answer, { withinMs }).catch((error) => {
      throw new Error(`${error.message}; the task said:\n${this.#said}`);
    });
  }

  async #get(path: string) {
    try {
      const password = await Deno.readTextFile(this.#folder.file("password"));
      const headers = { Authorization: `Bearer ${password.trim()}` };
      const response = await fetch(`http://${this.#listen}${path}`, { headers });
      return response.ok ? await response.json() : void await response.body?.cancel();
    } catch (error) {
      // The password and the port appear only after a while.
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
    // A program that starts a command is there twice for a moment.
    const areThree = async () => (await task.programs()).length === 3;
    await until("hub, agent and tracker to be processes", areThree);
    await task.untilSaid(/tracker +\| .*neither LED nor buzzer works here: the log shows both/);
    await task.untilSaid(/tracker +\| .*LED is off: all is well/);
  } finally {
    const { code, tookMs } = await task.end("SIGINT");
    assert.equal(code, 0, task.said);
    assert.ok(isInTime(tookMs, END_MS), `it took ${tookMs} ms`);
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

Deno.test("start reports a used port and how to choose another one", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  await using task = new StartTask({ listen: `127.0.0.1:${port}` });
  assert.equal((await task.ended()).code, 1);
  assert.match(task.said, new RegExp(`Port ${port}, for the page, is taken`));
  assert.match(task.said, new RegExp(`RPI_CLUSTER_HUB_LISTEN=127\\.0\\.0\\.1:${port + 1}`));
});

/** Copies the project's own files, without anything built or downloaded. */
async function copyProject(to: string): Promise<void> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { code, stdout, stderr } = await runCommand("git", { args, cwd: PROJECT });
  assert.equal(code, 0, stderr);
  for (const path of stdout.split("\0").filter((path) => path !== "")) {
    const from = join(PROJECT, path);
    // Git lists a removed file until its removal is committed.
    if (!existsSync(from)) continue;
    await Deno.mkdir(dirname(join(to, path)), { recursive: true });
    await Deno.copyFile(from, join(to, path));
  }
}

const isRoot = Deno.uid() === 0;
Deno.test("start works from a fresh clone with empty caches, on a machine named hub", async () => {
  using folder = new TemporaryFolder();
  const project = folder.file("project");
  await copyProject(project);
  const home = folder.file("home");
  Deno.mkdirSync(home);
  const named = ["unshare", "--uts", "sh", "-c", 'hostname hub && exec "$@"', "sh"];
  await using task = new StartTask({
    project,
    command: [...isRoot ? named : [], "./denow", "task", "start"],
    env: { HOME: home, DENO_DIR: join(home, "deno"), XDG_CACHE_HOME: join(home, "cache") },
  });
  const beganMs = performance.now();
  const id = await task.untilUp(FRESH_UP_MS);
  console.log(`up after ${Math.round((performance.now() - beganMs) / 1000)} s`);
  if (isRoot) assert.equal(id, "hub-node");
  assert.equal((await task.end("SIGINT")).code, 0, task.said);
});
