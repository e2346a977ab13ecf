/** The commands of the hub that act on the hub that runs: silence, maintenance and ack. */

import assert from "node:assert/strict";
import { WITHIN_MS } from "../../support/alerting/told.ts";
import { freePort } from "../../support/network/free_port.ts";
import { ProgramProcess } from "../../support/program/program_process.ts";
import { startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

/** They are never heard, and no test lasts until they would be down for that. */
const NAMED = { cluster: { nodes: "john-snow, arya", dead_after: "30m" } };
const NOTHING = { silences: [], maintenance: [] };

/** A program's start on a busy machine. */
const WITHIN = { withinMs: WITHIN_MS };

Deno.test("hub silence, maintenance and ack act on the hub that runs, and print what is in force", async () => {
  await using hub = await startHub(NAMED);
  const run = async (...args: readonly string[]) => {
    const { code, text } = await hub.run(...args);
    assert.equal(code, 0, text);
    return text.replace(/\d\d:\d\d:\d\d( UTC)?/g, "TIME").replace(/\d+ [A-Z][a-z]+ TIME/g, "TIME")
      .split("\n");
  };
  const nothing = ["nothing is silenced, and nothing is in maintenance"];
  assert.deepEqual(await run("silence"), nothing);
  assert.deepEqual(await run("silence", "20m"), ["silenced: all until TIME"]);
  const both = ["silenced: all until TIME", "silenced: arya until TIME"];
  assert.deepEqual(await run("silence", "arya", "20m"), both);
  assert.deepEqual(await run("maintenance", "all", "1h"), [
    ...both,
    "in maintenance: all until TIME",
  ]);
  assert.deepEqual(await run("maintenance", "off"), both);
  assert.deepEqual(await run("silence", "arya", "off"), ["silenced: all until TIME"]);
  assert.deepEqual(await run("silence", "all", "0s"), nothing);
  const acknowledged = ["nothing is open that was not acknowledged before"];
  assert.deepEqual(await run("ack"), acknowledged);
  assert.deepEqual(await run("ack", "arya"), acknowledged);
  assert.deepEqual(await hub.api("/api/v1/alarm"), NOTHING);
});

Deno.test("hub reports in one line why it cannot act", async () => {
  await using hub = await startHub(NAMED);
  const complaint = async (args: readonly string[], exitCode = 1) => {
    const { code, text } = await hub.run(...args);
    assert.equal(code, exitCode, text);
    assert.equal(text.split("\n").length, 1, text);
    return text;
  };
  assert.equal(
    await complaint(["silence", "arya"], 2),
    'Expected a duration such as 20m, or off, found "arya"',
  );
  assert.equal(await complaint(["ack", "bran"]), 'There is no Pi with the id "bran"');
  assert.equal(
    await complaint(["ack", "jon-snow"]),
    'There is no Pi with the id "jon-snow". Did you mean john-snow?',
  );
  assert.equal(
    await complaint(["silence", "John-Snow", "1h"], 2),
    'node: expected a node\'s id, or none for all, found "John-Snow". Did you mean john-snow?',
  );
  assert.equal(
    await complaint(["silence", "1000h"], 2),
    'for: expected a duration such as 20m, at most 168h, found "1000h"',
  );
  // Without the socket a command uses the page's port.
  Deno.removeSync(`${hub.statePath}/hub.sock`);
  hub.configure({ hub: { password: "another" } });
  assert.equal(
    await complaint(["ack"]),
    `The hub at ${hub.url} does not accept the password of [hub]`,
  );
  const port = freePort();
  hub.configure({ hub: { listen: `0.0.0.0:${port}` } });
  const away = await complaint(["maintenance", "1h"]);
  const where = `No hub answers at http://127.0.0.1:${port} ([hub] listen): `;
  assert.ok(away.startsWith(where) && /refused/i.test(away), away);
});

Deno.test("hub's commands find the generated password, or report that no hub ever ran", async () => {
  using folder = new TemporaryFolder();
  const port = freePort();
  const keys = [
    `listen = [::]:${port}`,
    "broker_listen = 127.0.0.1:0",
    "https_listen = none",
    "mqtts_listen = none",
    `state = ${folder.path}/s`,
  ];
  const config = folder.write("config.ini", `[hub]\n${keys.join("\n")}\n`);
  const start = (...args: readonly string[]) =>
    new ProgramProcess({
      program: "hub",
      args: [...args, "--config", config],
      scope: { write: [folder.path] },
    });
  const silence = async () => {
    await using run = start("silence");
    await run.until("its end", () => run.hasEnded, WITHIN);
    return run.lines.join("\n");
  };
  assert.match(
    await silence(),
    /^Cannot read the page's password in ".*\/s\/password": no hub has run with this \[hub\] state; no hub/,
  );
  await using hub = start();
  await hub.line("the page is up", WITHIN);
  assert.equal(await silence(), "nothing is silenced, and nothing is in maintenance");
});
