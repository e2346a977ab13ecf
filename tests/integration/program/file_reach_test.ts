/** The file permissions that a program keeps once it knows its configuration, checked by Deno. */

import assert from "node:assert/strict";
import { join } from "node:path";
import {
  ownArchitecture,
  permissionFlags,
  type Program,
  type Scope,
} from "../../../scripts/permissions.ts";
import { freePort } from "../../support/network/free_port.ts";
import { runCommand } from "../../support/program/command.ts";
import { isMissing } from "../../support/program/executable.ts";
import { ProgramProcess } from "../../support/program/program_process.ts";

const PROBE = new URL("../../support/limits/reach_probe.ts", import.meta.url).pathname;
const PEM = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";

/** Files as a configuration names them. They are not below /tmp, which the hub may use. */
class Files implements Disposable {
  readonly folder = Deno.makeTempDirSync({ dir: "/var/tmp" });
  readonly config: string;

  constructor() {
    for (const name of ["state", "state-of-a-service", "state-of-another"]) {
      Deno.mkdirSync(this.path(name));
      Deno.writeTextFileSync(this.path(`${name}/file`), "");
    }
    Deno.writeTextFileSync(this.path("state-file"), "");
    Deno.writeTextFileSync(this.path("ca.pem"), PEM);
    Deno.writeTextFileSync(this.path("secret"), "a-secret");
    this.config = this.path("config.ini");
    const lines = [
      "[mqtt]",
      `url = mqtts://127.0.0.1:${freePort()}`,
      `ca_file = ${this.path("ca.pem")}`,
      "[hub]",
      `listen = 127.0.0.1:${freePort()}`,
      `broker_listen = 127.0.0.1:${freePort()}`,
      "https_listen = none",
      "mqtts_listen = none",
      `state = ${this.path("state")}`,
      `password_file = ${this.path("secret")}`,
    ];
    Deno.writeTextFileSync(this.config, lines.map((line) => `${line}\n`).join(""));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Returns the program's permissions for each file, by name. */
async function probe(files: Files, program: Program, scope: Scope = {}) {
  const names = [
    "state/file",
    "state-of-a-service/file",
    "state-of-another/file",
    "state-file",
    "ca.pem",
    "secret",
    "config.ini",
  ];
  const flags = permissionFlags(program, ownArchitecture(), scope);
  const { code, stdout, stderr } = await runCommand(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", ...flags, PROBE, program, files.config],
      ...names.map((name) => files.path(name)),
      "/etc/hostname",
    ],
    env: { ...Deno.env.toObject(), STATE_DIRECTORY: files.path("state-of-a-service") },
  });
  assert.equal(code, 0, stderr);
  const found: Readonly<Record<string, string>> = JSON.parse(stdout);
  return Object.fromEntries(
    Object.entries(found).filter(([, may]) => may !== "")
      .map(([path, may]) => [path.replace(`${files.folder}/`, ""), may]),
  );
}

Deno.test("a hub keeps its state folder and its authorities, and gives up all other files", async () => {
  using files = new Files();
  assert.deepEqual(await probe(files, "hub"), {
    "state/file": "read write",
    "state-of-a-service/file": "read write",
    "ca.pem": "read",
  });
});

for (const program of ["agent", "tracker"] as const) {
  Deno.test(`${program === "agent" ? "an" : "a"} ${program} keeps its own folder and its authorities`, async () => {
    using files = new Files();
    const scope = { write: [files.path("state-of-a-service")] };
    assert.deepEqual(await probe(files, program, scope), {
      "state-of-a-service/file": "read write",
      "ca.pem": "read",
    });
  });
}

for (const program of ["agent", "tracker", "hub"] as const) {
  Deno.test({
    name: `the compiled ${program} gives up all other files`,
    ignore: isMissing(program, ownArchitecture()),
    async fn() {
      using files = new Files();
      const args = ["--config", files.config, "--log-level", "debug"];
      await using run = new ProgramProcess({ program, args, compiled: true });
      const line = await run.line("uses no other files", { withinMs: 30_000 });
      assert.match(line, / read=prompt write=prompt /);
      assert.match(line, new RegExp(` paths=.*${files.path("ca.pem")}`));
    },
  });
}
