/** A hub whose state folder does not outlive a power cut goes back to its checkpoint. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Home } from "../../support/alerting/home.ts";
import { DOWN, WITHIN_MS } from "../../support/alerting/told.ts";
import { SmallDisk } from "../../support/faults/fault_disk.ts";
import { post } from "../../support/page/hub_actions.ts";
import { ProgramProcess } from "../../support/program/program_process.ts";
import { iniOf } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { leafPage, overwritePage } from "../../support/store/database_damage.ts";
import { until } from "../../support/time/until.ts";

/** Faults of the hub itself are reported early. */
const SOON = { blind_after: "2s", flap: 0 };
const PATIENCE = { withinMs: WITHIN_MS };

/** A hub with a checkpoint, the Pis that it hears, and who is told. */
class CheckpointHome extends Home {
  readonly checkpoint: string;

  /** `through` becomes the hub's process; the folder of the checkpoint is its last argument. */
  constructor({ through = [] }: { readonly through?: readonly string[] } = {}) {
    const folder = new TemporaryFolder();
    const checkpoint = folder.file("checkpoint");
    Deno.mkdirSync(checkpoint);
    const command = through.length === 0 ? [] : [...through, checkpoint];
    const options = { write: [folder.path], through: command };
    super({ alerts: SOON, hub: { checkpoint } }, options, folder);
    this.checkpoint = checkpoint;
  }

  get database(): string {
    return join(this.checkpoint, "hub.db");
  }

  /** What a power cut does to a hub whose state is in memory. */
  async cutPower(): Promise<void> {
    await this.hub.kill();
    Deno.removeSync(this.hub.statePath, { recursive: true });
  }
}

const isDown = (name: string) => new RegExp(`^${name} is down`);

Deno.test("a hub that lost its state to a power cut is as its checkpoint was", async () => {
  await using home = new CheckpointHome();
  await home.start();
  await home.hear("Arya");
  await home.hear("Bran");
  await home.kill("Bran");
  await home.untilTold(isDown("Bran"));
  const renamed = await post(home.hub, "nodes/arya/rename", { name: "No One" });
  assert.equal(renamed.status, 200, await renamed.text());
  await home.hub.stop();
  await home.hub.process.line("wrote the last checkpoint");
  // A cut in the middle of the next one.
  Deno.writeTextFileSync(`${home.database}.part`, "half of i");
  await home.start();
  await home.cutPower();

  await home.start();
  await home.hub.process.line("went back to the checkpoint");
  const nodes = await home.hub.nodes();
  assert.deepEqual(nodes.map(({ id }) => id).toSorted(), ["arya", "bran", "witness"]);
  assert.equal(nodes.find(({ id }) => id === "arya")?.name, "No One");
  await home.hear("Arya");
  await home.kill("Arya");
  await home.untilTold(isDown("No One"));
  assert.equal(home.count(isDown("Bran")), 1, "what people knew was told again");
  const deaths = (await home.hub.incidents()).filter(({ node }) => node === "bran");
  assert.equal(deaths.length, 1);
});

Deno.test("a credential and the page's password are in the checkpoint at once", async () => {
  await using home = new CheckpointHome();
  await home.start();
  Deno.writeTextFileSync(join(home.hub.statePath, "password"), "of the page\n");
  await home.hub.enrol("sansa", "Sansa");
  const passwd = () => Deno.readTextFileSync(join(home.checkpoint, "passwd"));
  const password = () => Deno.readTextFileSync(join(home.checkpoint, "password"));
  await until("both in the checkpoint", () => {
    try {
      return /^sansa:/m.test(passwd()) && password() === "of the page\n";
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
  await home.cutPower();
  // A person enrols before the hub is started again.
  await home.hub.enrol("rickon", "Rickon");
  await home.start();
  const restored = (name: string) => Deno.readTextFileSync(join(home.hub.statePath, name));
  assert.equal(restored("password"), "of the page\n");
  for (const id of ["witness", "sansa", "rickon"]) {
    assert.match(restored("passwd"), new RegExp(`^${id}:`, "m"));
  }
});

Deno.test("a generated password of the page outlives a power cut", async () => {
  using folder = new TemporaryFolder();
  const [state, checkpoint] = [folder.file("state"), folder.file("checkpoint")];
  Deno.mkdirSync(checkpoint);
  const hub = { state, checkpoint, listen: "127.0.0.1:0", broker_listen: "127.0.0.1:0" };
  const config = folder.write("config.ini", iniOf({ hub }));
  const start = () =>
    new ProgramProcess({
      program: "hub",
      args: ["--config", config],
      scope: { write: [folder.path] },
    });
  const textOf = (path: string) => {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return undefined;
    }
  };
  let password: string | undefined;
  {
    await using first = start();
    await first.line("the page is up", PATIENCE);
    password = textOf(join(state, "password"));
    assert.match(password ?? "", /\S{20}/);
    await until("the password in the checkpoint", () => {
      return textOf(join(checkpoint, "password")) === password;
    });
    await first.end("SIGKILL");
  }
  Deno.removeSync(state, { recursive: true });
  await using second = start();
  await second.line("the page is up", PATIENCE);
  assert.equal(textOf(join(state, "password")), password);
});

Deno.test("a hub with a damaged checkpoint saves the rest, sets it aside and says so", async () => {
  await using home = new CheckpointHome();
  await home.start();
  await home.hear("Arya");
  await home.hub.stop();
  overwritePage(home.database, leafPage(home.database, "nodes"), 0xa5);
  await home.cutPower();
  await home.start();
  await home.hub.process.line(/the checkpoint is damaged.*hub\.db\.damaged/);
  await home.untilTold(/has worked with a repaired database/);
  assert.ok(Deno.statSync(`${home.database}.damaged`).isFile);
  // Credentials are in another file.
  await home.hear("Arya");
});

Deno.test("a hub without its state and without the folder of its checkpoint does not start", async () => {
  await using home = new CheckpointHome();
  Deno.removeSync(home.checkpoint);
  await assert.rejects(
    home.start(),
    (error) => error instanceof Error && error.message.includes("there is no such folder: mount"),
  );
  Deno.writeTextFileSync(home.checkpoint, "a file");
  await assert.rejects(
    home.start(),
    (error) => error instanceof Error && error.message.includes("it is no folder"),
  );
});

Deno.test("a hub whose checkpoint is missing, and then full, tells of it and works on", async () => {
  await using home = new CheckpointHome();
  await home.start();
  await home.hub.stop();
  Deno.removeSync(home.checkpoint, { recursive: true });
  await home.start();
  await home.untilTold(/^The folder for the hub's saved state has been missing since/);
  const disk = home.use(await SmallDisk.mount(home.checkpoint));
  await disk.fill();
  await home.hub.process.line(/the checkpoint cannot be written.*cause="?full/, PATIENCE);
  await home.hear("Arya");
  await home.kill("Arya");
  await home.untilTold(isDown("Arya"));
  await disk.free();
  await home.untilTold(/^The hub saves its state again/);
  const ofHub = (await home.hub.incidents()).filter(({ kind }) => kind === "hub");
  assert.ok(ofHub.some(({ name }) => name === "checkpoint_not_written"));
  assert.ok(ofHub.every(({ recovered_at }) => recovered_at !== null));
});

Deno.test("a hub whose checkpoint is read-only tells of it and works on", async () => {
  const readOnly = `mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"`;
  await using home = new CheckpointHome({
    through: ["unshare", "--mount", "sh", "-c", readOnly, "sh"],
  });
  await home.start();
  await home.hub.process.line(/the checkpoint cannot be written.*cause="?read_only/, PATIENCE);
  await home.untilTold(/^The hub has not been able to save its state since/);
  await home.hear("Arya");
  await home.kill("Arya");
  await home.untilTold(DOWN);
  await home.hub.stop();
});
