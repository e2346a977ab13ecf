/**
 * The commands on a hub's own machine, over a socket that its user and root may open without a
 * password.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { LoginFlood } from "../../support/limits/login_flood.ts";
import { SilentLoad } from "../../support/limits/silent_load.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

const PATIENT = { withinMs: 60_000 };
const NOBODY_YET = "No Pi has reported yet.";
/** From now on a command reads a password that the page would refuse. */
const WRONG_PASSWORD = { hub: { password: "not-the-password-of-the-hub" } };

function socketOf(hub: Hub): string {
  return join(hub.statePath, "hub.sock");
}

/** Returns the first line of `hub status`. */
async function statusOf(hub: Hub): Promise<string | undefined> {
  return (await hub.run("status")).text.split("\n")[0];
}

Deno.test("commands reach a hub by its socket, which is for its user alone, and know no password", async () => {
  await using hub = await startHub();
  hub.configure(WRONG_PASSWORD);
  assert.equal(await statusOf(hub), NOBODY_YET);
  assert.match((await hub.run("silence", "20m")).text, /^silenced: all until /m);
  const { isSocket, mode } = Deno.lstatSync(socketOf(hub));
  assert.deepEqual([isSocket, (mode ?? 0) & 0o777], [true, 0o600]);
  const { code, text } = await hub.run("silence", "nobody", "20m");
  assert.equal(code, 1, text);
  await hub.stop();
  assert.throws(() => Deno.lstatSync(socketOf(hub)), Deno.errors.NotFound);
});

Deno.test("commands work while strangers guess the password and exhaust the page's connections", async () => {
  await using hub = await startHub({}, { through: ["prlimit", "--nofile=1024:1024"] });
  const port = Number(new URL(hub.url).port);
  await using _flood = new LoginFlood({ origin: hub.url, count: 100 });
  await using _load = await SilentLoad.connect({
    port,
    count: 1500,
    what: "GET / HTTP/1.1\r\nHo",
  });
  for (let count = 0; count < 3; count++) {
    await hub.process.until("the hub to answer its command", async () => {
      return await statusOf(hub) === NOBODY_YET;
    }, PATIENT);
  }
});

Deno.test("a killed hub leaves its socket to the next one, and commands report what they tried", async () => {
  await using hub = await startHub();
  await hub.kill();
  assert.ok(Deno.lstatSync(socketOf(hub)).isSocket);
  const { code, text } = await hub.run("status");
  assert.equal(code, 3);
  assert.match(text, /^No hub answers at http:\/\/127\.0\.0\.1:\d+ \(\[hub\] listen\): /);
  assert.match(text, /"\/run\/rpi-cluster-hub\/[0-9a-f]{16}\.sock" \(/);
  assert.ok(text.includes(`"${socketOf(hub)}" (Connection refused`), text);
  await hub.start();
  hub.configure(WRONG_PASSWORD);
  assert.equal(await statusOf(hub), NOBODY_YET);
});

Deno.test("of two hubs on one machine each hears the commands with its own configuration", async () => {
  await using one = await startHub();
  await using other = await startHub();
  await one.run("silence", "20m");
  assert.match((await one.run("silence")).text, /^silenced: all until /m);
  assert.equal(
    (await other.run("silence")).text,
    "nothing is silenced, and nothing is in maintenance",
  );
});

Deno.test("a hub without a socket, as older ones are, is asked by its page", async () => {
  await using hub = await startHub();
  Deno.removeSync(socketOf(hub));
  assert.equal(await statusOf(hub), NOBODY_YET);
  hub.configure(WRONG_PASSWORD);
  const { code, text } = await hub.run("status");
  assert.equal(code, 3);
  assert.match(
    text,
    /^The hub at http:\/\/127\.0\.0\.1:\d+ does not accept the password of \[hub\]/,
  );
});

Deno.test("a state folder whose path is too long for a socket leaves commands the page", async () => {
  using folder = new TemporaryFolder();
  const state = join(folder.path, "s".repeat(100));
  await using hub = await startHub({ hub: { state } }, { write: [folder.path] });
  const line = await hub.process.line("cannot listen for the commands of this machine");
  assert.match(line, / warning hub .*too long for a socket/);
  assert.equal(await statusOf(hub), NOBODY_YET);
});
