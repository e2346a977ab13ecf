/** The bundles for Node.js: one file each, which needs nothing else. */

import assert from "node:assert/strict";
import { builtinModules } from "node:module";
import { VERSION } from "../../core/version.ts";
import { runCommand } from "../support/program/command.ts";
import { TestProgram } from "../support/program/programs.ts";
import { NODE, ownBundle, STARTER } from "../support/program/runtimes.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";

/** A static import of a minified program, or a call for a package. */
const IMPORT = /(?:\bimport[\w$*{}, ]*?(?:from)?|\brequire\()"([\w@][^"]*)"/g;

const PROGRAMS = ["agent", "tracker"] as const;

for (const program of PROGRAMS) {
  Deno.test(`the bundle of the ${program} runs alone, without packages, network and variables`, async () => {
    using folder = new TemporaryFolder();
    const copy = folder.file(`${program}.mjs`);
    await Deno.copyFile(ownBundle(program), copy);
    const bundle = await Deno.readTextFile(copy);
    const imported = [...bundle.matchAll(IMPORT)].map(([, name = ""]) => name);
    assert.ok(imported.length > 3, imported.join(", "));
    const foreign = imported.filter((name) => !builtinModules.includes(name.replace(/^node:/, "")));
    assert.deepEqual(foreign, []);
    const { code, stdout, stderr } = await runCommand("unshare", {
      args: ["--net", "--map-root-user", "/usr/bin/perl", STARTER, NODE, copy, "--version"],
      env: {},
      cwd: folder.path,
    });
    assert.equal(stderr, "");
    assert.equal(stdout, `${program} ${VERSION}\n`);
    assert.equal(code, 0);
  });
}

Deno.test("a bundle reports a bad configuration like the other programs", async () => {
  await using agent = new TestProgram("agent", { node: { heartbeat: "often" } }, {
    runtime: "node",
  });
  const { code, text } = await agent.run();
  assert.equal(code, 78, text);
  assert.match(text, /config\.ini:2: \[node\] heartbeat: expected a duration .*, found "often"/);
});
