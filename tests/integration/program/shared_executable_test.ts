/** The executable of agent and tracker: as one of them it may do what that program may, no more. */

import assert from "node:assert/strict";
import { sharedEntry } from "../../../scripts/bundle.ts";
import { VERSION } from "../../../core/version.ts";
import {
  foreignPermissions,
  NODE_PROGRAMS,
  nodePermissionFlags,
  ownArchitecture,
  permissionFlags,
} from "../../../scripts/permissions.ts";
import { runCommand } from "../../support/program/command.ts";
import { executablePath, isMissing } from "../../support/program/executable.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

const ARCHITECTURE = ownArchitecture();
/** All that one of the two may and the other may not. */
const DISPUTED = NODE_PROGRAMS.flatMap((program) => foreignPermissions(program, ARCHITECTURE));

/** Stands in for a program: asks for everything again, tries some of it, and prints the outcome. */
const PROBE = `
const tried = (deed) => { try { deed(); return true; } catch { return false; } };
const states = ${JSON.stringify(DISPUTED)}.map((permission) => [
  JSON.stringify(permission),
  Deno.permissions.querySync(permission).state,
  Deno.permissions.requestSync(permission).state,
]);
const run = (command, ...args) => tried(() => new Deno.Command(command, { args }).outputSync());
console.log(JSON.stringify({
  states,
  shell: run("/bin/sh", "-c", "true"),
  head: run("/usr/bin/head", "--bytes=1", "/etc/passwd"),
  library: tried(() => Deno.dlopen("libc.so.6", {})) ||
    ${JSON.stringify(DISPUTED)}.some(({ name, path }) =>
      name === "ffi" && tried(() => Deno.dlopen(path, {}).close())),
}));
`;

/** Runs a script of a folder under a name of its own, as systemd does with a link. */
async function runAs(name: string, flags: readonly string[], script: string) {
  const deno = [Deno.execPath(), "run", "--quiet", "--no-check", ...flags, script];
  return await runCommand("bash", { args: ["-c", 'exec -a "$0" "$@"', name, ...deno] });
}

for (const program of NODE_PROGRAMS) {
  Deno.test(`as ${program} the executable of agent and tracker gives up what is the other's`, async () => {
    using folder = new TemporaryFolder();
    const probe = folder.write(`${program}.js`, PROBE);
    const entry = folder.write("entry.js", await sharedEntry(ARCHITECTURE));
    const shared = await runAs(
      `/usr/bin/rpi-cluster-${program}`,
      nodePermissionFlags(ARCHITECTURE),
      entry,
    );
    assert.equal(shared.code, 0, shared.stderr);
    const alone = await runAs("deno", permissionFlags(program, ARCHITECTURE), probe);
    assert.deepEqual(JSON.parse(shared.stdout), JSON.parse(alone.stdout));
    const { states, shell, head, library } = JSON.parse(shared.stdout);
    const isAgent = program === "agent";
    assert.deepEqual({ shell, head, library }, { shell: isAgent, head: true, library: !isAgent });
    for (const permission of foreignPermissions(program, ARCHITECTURE)) {
      const text = JSON.stringify(permission);
      const [, before, after] = states.find(([shown]: readonly string[]) => shown === text);
      assert.ok(before !== "granted" && after !== "granted", `${program} may still ${text}`);
    }
  });
}

Deno.test("under another name the executable of agent and tracker says how it wants to be called", async () => {
  using folder = new TemporaryFolder();
  const entry = folder.write("entry.js", await sharedEntry(ARCHITECTURE));
  const { code, stderr } = await runAs("/opt/other", nodePermissionFlags(ARCHITECTURE), entry);
  assert.equal(code, 2);
  assert.match(stderr, /"\/opt\/other" names neither .* rpi-cluster-agent or rpi-cluster-tracker/);
});

Deno.test({
  name: "compiled it is the program whose name the link has",
  ignore: isMissing("agent", ARCHITECTURE),
  fn: async () => {
    using folder = new TemporaryFolder();
    for (const program of NODE_PROGRAMS) {
      const link = folder.file(`rpi-cluster-${program}`);
      // Both names lead to the same file.
      Deno.symlinkSync(executablePath("agent", ARCHITECTURE), link);
      const { stdout } = await runCommand(link, { args: ["--version"] });
      assert.equal(stdout, `${program} ${VERSION}\n`);
    }
  },
});
