/** The starter of the bundles, and how a program on Node.js reports to systemd. */

import assert from "node:assert/strict";
import { runCommand } from "../support/program/command.ts";
import { NotifySocket } from "../support/program/notify_socket.ts";
import { NODE, STARTER } from "../support/program/runtimes.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";
import { until } from "../support/time/until.ts";

/** Says to systemd its own process's id, or that it cannot. */
const PROGRAM = `
import { writeSync } from "node:fs";
const { NOTIFY_FILE } = process.env;
if (NOTIFY_FILE) writeSync(Number(NOTIFY_FILE), \`STATUS=\${process.pid} \${process.argv[2]}\`);
console.log(NOTIFY_FILE ?? "no file", ...process.argv.slice(2));
console.log(...process.execArgv);
`;

async function started(environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
  using folder = new TemporaryFolder();
  const program = folder.write("program.mjs", PROGRAM);
  return await runCommand("/usr/bin/perl", {
    args: [STARTER, NODE, program, ...args],
    env: environment,
  });
}

Deno.test("a program that is started by hand gets its arguments as they are, and no socket", async () => {
  const { code, stdout, stderr } = await started({ NOTIFY_FILE: "7" }, "a b", "$c", "--d");
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  assert.equal(stdout.split("\n")[0], "no file a b $c --d");
  assert.match(stdout, /^--jitless .*--max-old-space-size=\d+/m);
});

Deno.test("a program of a service writes to systemd by an open file", async () => {
  await using systemd = await NotifySocket.open();
  const { code, stdout, stderr } = await started({ NOTIFY_SOCKET: systemd.path }, "hello");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^[3-9] hello$/m);
  await until("the datagram", () => systemd.messages.some((line) => / hello$/.test(line)));
});

Deno.test("a socket that nobody reads keeps no program from starting", async () => {
  const { code, stdout } = await started({ NOTIFY_SOCKET: "/nowhere/notify" }, "hello");
  assert.equal(code, 0);
  assert.match(stdout, /^no file hello$/m);
});

Deno.test("a starter without a program says how it is used", async () => {
  const { code, stderr } = await runCommand("/usr/bin/perl", { args: [STARTER, NODE] });
  assert.notEqual(code, 0);
  assert.match(stderr, /^usage: start\.pl NODE PROGRAM/);
  const missing = await runCommand("/usr/bin/perl", { args: [STARTER, "/nowhere/node", "x.mjs"] });
  assert.match(missing.stderr, /^cannot start \/nowhere\/node: No such file or directory$/m);
});
