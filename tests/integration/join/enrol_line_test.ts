/** `hub enrol`: a line for a person at a terminal, the config.ini for files and programs. */

import assert from "node:assert/strict";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { joinsOf } from "../../support/join/line.ts";
import { ProgramProcess } from "../../support/program/program_process.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";

/** Gives a program a terminal in place of a pipe. */
const ON_TERMINAL = [
  ...["python3", "-c"],
  "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
];
const LINE = /^curl -fsSL http:\/\/127\.0\.0\.1:\d+\/join\/[\w-]{32} \| sudo sh$/m;

interface Outcome {
  readonly code: number;
  readonly text: string;
}

async function enrol(
  hub: Hub,
  args: readonly string[],
  { onTerminal = true } = {},
): Promise<Outcome> {
  await using run = new ProgramProcess({
    program: "hub",
    args: ["enrol", ...args, "--config", hub.folder.file("config.ini")],
    scope: { write: [hub.folder.path] },
    through: onTerminal ? ON_TERMINAL : [],
  });
  const { code } = await run.until("the end of hub enrol", () => run.hasEnded && run.ended);
  return { code, text: run.lines.map((line) => `${line.trimEnd()}\n`).join("") };
}

function usersOf(hub: Hub): readonly string[] {
  return new Credentials(`${hub.statePath}/passwd`).users();
}

Deno.test("a person at a terminal gets a line, and no secret that stays readable", async () => {
  await using hub = await startHub();
  const { code, text } = await enrol(hub, ["john-snow", "--name", "John Snow"]);
  assert.equal(code, 0, text);
  assert.match(text, LINE);
  assert.match(text, /on john-snow, within 15 minutes\. It works once/);
  assert.match(text, /no packages \(\[hub\] packages\)/);
  assert.doesNotMatch(text, /password =/);
  assert.deepEqual(usersOf(hub), []);
  const [join] = await joinsOf(hub);
  assert.deepEqual([join?.node, join?.name, join?.step], ["john-snow", "John Snow", "made"]);
});

Deno.test("a file or a program gets the configuration, as always, and a terminal where it asks", async () => {
  await using hub = await startHub();
  const piped = await enrol(hub, ["john-snow"], { onTerminal: false });
  assert.match(piped.text, /^password = \S{32}$/m);
  assert.doesNotMatch(piped.text, /curl/);
  const asked = await enrol(hub, ["arya", "--config-only"]);
  assert.match(asked.text, /^password = \S{32}$/m);
  assert.deepEqual(usersOf(hub), ["john-snow", "arya"]);
  const line = await enrol(hub, ["bran", "--join"], { onTerminal: false });
  assert.match(line.text, LINE);

  const taken = await enrol(hub, ["john-snow"]);
  assert.equal(taken.code, 1);
  assert.match(taken.text, /has a credential.*--renew/);
  assert.match((await enrol(hub, ["john-snow", "--renew"])).text, LINE);
  assert.equal((await enrol(hub, ["all"])).code, 2);
});

Deno.test("upgrades from the hub are a choice of the line, and need TLS", async () => {
  await using hub = await startHub();
  const plain = await enrol(hub, ["john-snow", "--updates", "from-hub"]);
  assert.equal(plain.code, 1);
  assert.match(plain.text, /without TLS, so a Pi can take no upgrades from it/);
  assert.match((await enrol(hub, ["john-snow", "--updates", "no"])).text, LINE);
  const wrong = await enrol(hub, ["arya", "--updates", "maybe"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.text, /--updates: expected from-hub or no, found "maybe"/);
  const file = await enrol(hub, ["arya", "--updates", "from-hub"], { onTerminal: false });
  assert.equal(file.code, 2);
  assert.match(file.text, /Only a line lets a Pi take upgrades/);
  assert.deepEqual(usersOf(hub), []);
});

Deno.test("without a running hub the command says so, and what works without it", async () => {
  await using hub = await startHub();
  await hub.stop();
  const { code, text } = await enrol(hub, ["john-snow"]);
  assert.equal(code, 1);
  assert.match(text, /No hub answers .*made by the running hub\..*--config-only/s);
  assert.deepEqual(usersOf(hub), []);
  assert.match((await enrol(hub, ["john-snow", "--config-only"])).text, /^password = /m);
});
