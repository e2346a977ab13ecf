/** The wrapper finds the pinned Deno on any machine. Each test is one kind of machine. */

import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { type CommandOutcome, runCommand } from "../../support/program/command.ts";
import { DenoRelease } from "../../support/program/deno_release.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { within } from "../../support/time/until.ts";

const DENOW = resolve(import.meta.dirname ?? ".", "..", "..", "..", "denow");

/** The tools of a machine without Deno and without Node.js. */
const BASE_TOOLS = ["sh", "chmod", "cut", "env", "getconf", "grep", "head", "ln", "mkdir", "mv"]
  .concat(["readlink", "rm", "sed", "sha256sum", "tr", "uname"]);

/** A project folder with a space in its name, and a PATH that contains only the installed tools. */
class Machine implements Disposable {
  readonly #folder = new TemporaryFolder();
  readonly project = this.#folder.file("a project");
  readonly denow = join(this.project, "denow");
  readonly #bin = this.#folder.file("bin");
  readonly #home = this.#folder.file("home");

  constructor(...tools: readonly string[]) {
    for (const folder of [this.project, this.#bin, this.#home]) Deno.mkdirSync(folder);
    Deno.copyFileSync(DENOW, this.denow);
    Deno.writeTextFileSync(
      join(this.project, "deno.json"),
      JSON.stringify({ tasks: { here: "pwd" } }),
    );
    for (const tool of [...BASE_TOOLS, ...tools]) this.#link(tool, pathOf(tool));
  }

  /** The environment of a first login: an empty home and empty caches. */
  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { PATH: this.#bin, HOME: this.#home, DENO_DIR: join(this.#home, "deno"), ...more };
  }

  run(args: readonly string[], more: Readonly<Record<string, string>> = {}, command = this.denow) {
    return runCommand(command, { args, env: this.env(more), cwd: this.#folder.path });
  }

  install(name: string, program: string): void {
    this.#link(name, program);
  }

  /** Puts a shell script onto the PATH, replacing an existing tool. */
  installScript(name: string, script: string): void {
    const path = join(this.#bin, name);
    try {
      Deno.removeSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    Deno.writeTextFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** Creates a link to the wrapper in another folder, with a relative path. */
  linkToDenow(): string {
    Deno.mkdirSync(this.#folder.file("links"));
    Deno.symlinkSync("../a project/denow", this.#folder.file("links/first"));
    Deno.symlinkSync("first", this.#folder.file("links/second"));
    return this.#folder.file("links/second");
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }

  #link(name: string, program: string): void {
    Deno.symlinkSync(program, join(this.#bin, name));
  }
}

Deno.test("wrapper takes an installed Deno of the pinned version, and nothing else", async () => {
  using machine = new Machine();
  machine.install("deno", Deno.execPath());
  assertIsPinned(await machine.run(["--version"]));
  assert.throws(() => Deno.statSync(join(machine.project, ".deno")), Deno.errors.NotFound);
});

Deno.test("wrapper works through links, with blanks in paths, from any folder", async () => {
  using machine = new Machine();
  machine.install("deno", Deno.execPath());
  const link = machine.linkToDenow();
  assertIsPinned(await machine.run(["--version"], {}, link));
  const { stdout } = await machine.run(["task", "--quiet", "here"], {}, link);
  assert.equal(stdout.trim(), machine.project);
});

Deno.test("wrapper becomes Deno: its process is Deno's, and so are its signals", async () => {
  using machine = new Machine();
  machine.install("deno", Deno.execPath());
  const script = `Deno.addSignalListener("SIGTERM", () => Deno.exit(7));
    console.log(Deno.pid); setInterval(() => {}, 1000);`;
  await using child = new Deno.Command(machine.denow, {
    args: ["eval", script],
    env: machine.env(),
    clearEnv: true,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await within("the program's number", reader.read());
  assert.equal(value?.trim(), String(child.pid));
  child.kill("SIGTERM");
  assert.equal((await within("the program to end", child.status)).code, 7);
  await reader.cancel();
});

Deno.test("wrapper makes Deno trust the system's authorities, unless configured otherwise", async () => {
  using machine = new Machine();
  machine.install("deno", Deno.execPath());
  const args = ["eval", `console.log(Deno.env.get("DENO_TLS_CA_STORE"))`];
  assert.equal((await machine.run(args)).stdout.trim(), "mozilla,system");
  const told = await machine.run(args, { DENO_TLS_CA_STORE: "mozilla" });
  assert.equal(told.stdout.trim(), "mozilla");
});

Deno.test("with Node.js, Deno comes from the npm registry, once and quietly", async () => {
  using machine = new Machine("node", "npm", "npx", "bash", "dirname");
  machine.installScript("deno", `echo "deno 1.0.0 (stable)"`);
  const environment = Deno.env.toObject();
  const proxy = Object.fromEntries(
    Object.entries(environment).filter(([name]) => /^(https?|no)_proxy$|^NODE_EXTRA/i.test(name)),
  );
  const first = await machine.run(["--version"], proxy);
  assertIsPinned(first);
  assert.match(first.stderr, /^denow: getting Deno \S+ from the npm registry \(once\)\n$/);
  machine.installScript("npx", "echo npx was called again >&2; exit 1");
  const second = await machine.run(["--version"]);
  assertIsPinned(second);
  assert.equal(second.stderr, "");
});

Deno.test("without Node.js, Deno is downloaded into .deno, once", async () => {
  await using release = await DenoRelease.serve();
  for (const unpacker of ["unzip", "python3"]) {
    using machine = new Machine("curl", unpacker);
    const env = { DENO_DOWNLOAD_URL: release.url };
    release.requests.length = 0;
    assertIsPinned(await machine.run(["--version"], env));
    assert.equal(release.requests.length, 2, "one archive and one sum");
    assertIsPinned(await machine.run(["--version"], env));
    assert.equal(release.requests.length, 2, "the second call needs the network no more");
    const kept = [...Deno.readDirSync(join(machine.project, ".deno"))].map(({ name }) => name);
    assert.deepEqual(kept, [`deno-${Deno.version.deno}`]);
  }
});

Deno.test("a damaged download is refused and leaves nothing behind", async () => {
  await using release = await DenoRelease.serve();
  release.claimedSum = "0".repeat(64);
  using machine = new Machine("curl", "unzip");
  const { code, stderr } = await machine.run(["--version"], { DENO_DOWNLOAD_URL: release.url });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /the download of Deno \S+ is damaged: its SHA-256 is [0-9a-f]{64}, expected 0{64}/,
  );
  assert.deepEqual([...Deno.readDirSync(join(machine.project, ".deno"))], []);
});

Deno.test("when the npm registry gives nothing, Deno is downloaded", async () => {
  await using release = await DenoRelease.serve();
  using machine = new Machine("curl", "unzip", "node");
  machine.installScript("npx", "exit 1");
  const outcome = await machine.run(["--version"], { DENO_DOWNLOAD_URL: release.url });
  assertIsPinned(outcome);
  assert.match(outcome.stderr, /the npm registry gave no Deno/);
});

Deno.test("a machine without a Deno build gets an error that says so", async () => {
  using machine = new Machine("curl", "unzip");
  machine.installScript("uname", `[ "$1" = -s ] && echo Linux || echo armv7l`);
  const { code, stderr } = await machine.run(["--version"]);
  assert.equal(code, 1);
  assert.match(stderr, /there is no Deno for Linux on armv7l: .*64-bit Raspberry Pi OS/);
});

Deno.test("a 32-bit system under a 64-bit kernel gets an explanation", async () => {
  using machine = new Machine("curl", "unzip");
  machine.installScript("uname", `[ "$1" = -s ] && echo Linux || echo aarch64`);
  machine.installScript("getconf", "echo 32");
  const { code, stderr } = await machine.run(["--version"]);
  assert.equal(code, 1);
  assert.match(stderr, /no Deno for Linux on aarch64 with a 32-bit system/);
});

Deno.test("a machine without a download tool gets advice what to install", async () => {
  using machine = new Machine();
  const { code, stderr } = await machine.run(["--version"]);
  assert.equal(code, 1);
  assert.match(stderr, /install Node\.js with npm, or curl/);
});

function assertIsPinned({ code, stdout, stderr }: CommandOutcome): void {
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`^deno ${Deno.version.deno.replaceAll(".", "\\.")} `));
}

/** Prefers the system's own tools, because those of a version manager need further files. */
function pathOf(tool: string): string {
  for (const folder of ["/usr/bin", ...(Deno.env.get("PATH") ?? "").split(":")]) {
    try {
      return Deno.realPathSync(join(folder, tool));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(`The test needs ${tool}`);
}
