/**
 * A hub whose state is damaged, missing, locked, full, read-only or not its own still detects and
 * notifies.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Home } from "../../support/alerting/home.ts";
import { DOWN, WITHIN_MS } from "../../support/alerting/told.ts";
import { SmallDisk } from "../../support/faults/fault_disk.ts";
import { runCommand } from "../../support/program/command.ts";
import { ProgramProcess } from "../../support/program/program_process.ts";
import { iniOf, type StartOptions } from "../../support/program/programs.ts";
import { asideIn, leafPage, overwritePage } from "../../support/store/database_damage.ts";

/** Faults of the hub itself are reported early. */
const SOON = { alerts: { blind_after: "2s", flap: 0 } };
const IN_MEMORY = "the hub continues in memory";
const WRITTEN_AGAIN = "the history is written again";
const PATIENCE = { withinMs: WITHIN_MS };

/** A hub that has heard two Pis, and a recipient of its messages. */
class StorageHome extends Home {
  constructor(options: StartOptions = {}) {
    super(SOON, options);
  }

  get database(): string {
    return join(this.hub.statePath, "hub.db");
  }
}

const DAMAGED = /has worked with a repaired database/;
const isDown = (name: string) => new RegExp(`^${name} is down`);

Deno.test("a hub with a damaged database page starts, saves the rest, and reports it once", async () => {
  await using home = new StorageHome();
  await home.start();
  await home.hear("Arya");
  await home.hear("Bran");
  await home.kill("Bran");
  await home.untilTold(isDown("Bran"));
  await home.hub.kill();
  overwritePage(home.database, leafPage(home.database, "nodes"), 0xa5);

  await home.start();
  await home.hub.process.line("the database was damaged: the readable part is saved");
  await home.untilTold(DAMAGED);
  const [aside = ""] = asideIn(home.hub.statePath);
  assert.match(aside, /^hub\.db\.damaged-\d{4}-\d\d-\d\dT/);
  const incidents = await home.hub.incidents();
  assert.ok(incidents.some(({ kind, name }) => kind === "hub" && name === "history_damaged"));
  assert.equal(incidents.filter(({ node }) => node === "bran").length, 1);
  await home.hear("Arya");
  await home.kill("Arya");
  await home.untilTold(isDown("Arya"));
  assert.equal(home.count(isDown("Bran")), 1, "what people knew was told again");

  await home.hub.stop();
  await home.start();
  await home.hear("Sansa");
  await home.kill("Sansa");
  await home.untilTold(isDown("Sansa"));
  assert.deepEqual([home.count(DAMAGED), home.count(isDown("Arya"))], [1, 1]);
});

for (const [what, bytes] of [["garbage", 0x67], ["zeroed", 0], ["empty", undefined]] as const) {
  Deno.test(`a hub whose database is ${what} starts, and says so`, async () => {
    await using home = new StorageHome();
    await home.start();
    await home.hub.kill();
    const { size } = Deno.statSync(home.database);
    for (const end of ["-wal", "-shm"]) Deno.removeSync(home.database + end);
    Deno.writeFileSync(
      home.database,
      new Uint8Array(bytes === undefined ? 0 : size).fill(bytes ?? 0),
    );
    await home.start();
    await home.untilTold(DAMAGED);
    await home.hear("Arya");
    await home.kill("Arya");
    await home.untilTold(isDown("Arya"));
    assert.equal(asideIn(home.hub.statePath).length, 1);
  });
}

Deno.test("a hub with a full disk detects, notifies, reports it, and writes when it can", async () => {
  await using home = new StorageHome();
  const disk = home.use(await SmallDisk.mount(home.hub.statePath));
  await home.start();
  await home.hear("Arya");
  await home.hear("Bran");
  await disk.fill();
  await home.kill("Arya");
  await home.untilTold(isDown("Arya"));
  await home.hub.process.line(IN_MEMORY);
  await home.untilTold(/^The hub's disk has been full since/);
  const open = (await home.hub.incidents()).filter(({ recovered_at }) => recovered_at === null);
  assert.deepEqual(open.map(({ kind }) => kind).toSorted(), ["hub", "node"]);
  await disk.free();
  await home.hub.process.line(WRITTEN_AGAIN, PATIENCE);
  await home.untilTold(/^The hub writes its history again/);

  await home.hub.kill();
  await home.start();
  await home.hear("Bran");
  await home.kill("Bran");
  await home.untilTold(isDown("Bran"));
  assert.deepEqual([home.count(isDown("Arya")), home.count(/disk has been full/)], [1, 1]);
});

Deno.test("a hub that is killed while its disk is full loses nobody", async () => {
  await using home = new StorageHome();
  const disk = home.use(await SmallDisk.mount(home.hub.statePath));
  await home.start();
  await home.hear("Arya");
  await home.hear("Bran");
  await home.kill("Bran");
  await home.untilTold(isDown("Bran"));
  await disk.fill();
  // The hub's write of each minute may not have been due yet.
  await home.kill("Arya");
  await home.hub.process.line(IN_MEMORY, PATIENCE);
  await home.hub.kill();
  await home.start();
  await home.untilTold(isDown("Arya"));
  assert.equal(home.count(isDown("Bran")), 1);
});

Deno.test("a hub whose database is deleted or replaced writes it again", async () => {
  await using home = new StorageHome();
  await home.start();
  await home.hear("Arya");
  await home.kill("Arya");
  await home.untilTold(isDown("Arya"));
  Deno.removeSync(home.database);
  await home.hub.process.line("the database was deleted while the hub was running", PATIENCE);
  Deno.writeTextFileSync(`${home.database}.other`, "something else ".repeat(1000));
  Deno.renameSync(`${home.database}.other`, home.database);
  await home.hub.process.line("the database was replaced while the hub was running", PATIENCE);
  await home.hear("Bran");
  await home.hub.kill();
  await home.start();
  assert.ok((await home.hub.nodes()).some(({ id }) => id === "bran"));
  assert.equal((await home.hub.incidents()).filter(({ node }) => node === "arya").length, 1);
  await home.hear("Sansa");
  await home.kill("Sansa");
  await home.untilTold(isDown("Sansa"));
  assert.deepEqual([home.count(isDown("Arya")), home.count(DAMAGED)], [1, 0]);
});

Deno.test("a hub whose database is locked detects and notifies meanwhile", async () => {
  await using home = new StorageHome();
  await home.start();
  await home.hear("Arya");
  {
    using other = new DatabaseSync(home.database);
    other.exec("BEGIN EXCLUSIVE");
    await home.kill("Arya");
    await home.untilTold(DOWN);
    await home.hub.process.line(IN_MEMORY);
  }
  await home.hub.process.line(WRITTEN_AGAIN, PATIENCE);
  await home.hub.kill();
  await home.start();
  assert.equal((await home.hub.incidents()).filter(({ node }) => node === "arya").length, 1);
});

Deno.test("a hub on a read-only file system detects, notifies, and writes once it can", async () => {
  const folder = '"$1"';
  const readOnly = `mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder}`;
  const through: string[] = [];
  await using home = new StorageHome({ through });
  await home.start();
  await home.hear("Arya");
  await home.hub.stop();
  // The options are read at each start.
  const script = `${readOnly} && shift && exec "$@"`;
  through.push("unshare", "--mount", "sh", "-c", script, "sh", home.hub.statePath);
  await home.start();
  await home.hub.process.line(IN_MEMORY);
  await home.hear("Arya");
  await home.kill("Arya");
  await home.untilTold(isDown("Arya"));
  await home.untilTold(/^The hub's disk has been read-only since/);
  const { code, stderr } = await runCommand("nsenter", {
    args: [
      ...["--target", String(home.hub.process.pid), "--mount"],
      ...["mount", "-o", "remount,bind,rw", home.hub.statePath],
    ],
  });
  assert.equal(code, 0, stderr);
  await home.hub.process.line(WRITTEN_AGAIN, PATIENCE);
  await home.hub.kill();
  through.length = 0;
  await home.start();
  assert.equal((await home.hub.incidents()).filter(({ node }) => node === "arya").length, 1);
});

Deno.test("a second hub on a state folder names the first one, and replaces a killed one", async () => {
  await using home = new StorageHome();
  await home.start();
  const { pid } = home.hub.process;
  const config = home.hub.folder.write(
    "second.ini",
    iniOf({
      hub: { state: home.hub.statePath, listen: "127.0.0.1:0", broker_listen: "127.0.0.1:0" },
    }),
  );
  const second = () =>
    new ProgramProcess({
      program: "hub",
      args: ["--config", config],
      scope: { write: [home.hub.folder.path] },
    });
  {
    await using refused = second();
    const { code } = await refused.until("its end", () => refused.hasEnded && refused.ended);
    assert.equal(code, 1);
    const line = refused.lines.join("\n");
    assert.ok(line.includes(`"${home.hub.statePath}" (process ${pid})`), line);
  }
  await home.hub.kill();
  await using follower = second();
  await follower.line("the page is up", PATIENCE);
});

Deno.test("files that root writes into the state folder belong to the folder's owner", async () => {
  await using home = new StorageHome();
  await home.start();
  await home.hub.stop();
  const files = () => [...Deno.readDirSync(home.hub.statePath)].map(({ name }) => name);
  Deno.chownSync(home.hub.statePath, 12_345, 12_345);
  for (const name of files()) Deno.chownSync(join(home.hub.statePath, name), 12_345, 12_345);
  const foreign = () =>
    files().filter((name) => Deno.statSync(join(home.hub.statePath, name)).uid !== 12_345);
  await home.hub.enrol("sansa", "Sansa");
  assert.deepEqual(foreign(), []);
  // Complete runs as root, including one that creates the database.
  await home.start();
  assert.deepEqual(foreign(), []);
  await home.hub.kill();
  for (const name of files().filter((one) => one.startsWith("hub.db"))) {
    Deno.removeSync(join(home.hub.statePath, name));
  }
  await home.start();
  assert.deepEqual(foreign(), []);
});

Deno.test("files that this user may not use are named with their owner and what mends them", async () => {
  // Root without the capability to bypass permissions, so that mode 0600 of another user applies.
  const rights = "-dac_override,-dac_read_search";
  const through: string[] = [];
  await using home = new StorageHome({ through });
  await home.start();
  await home.hear("Arya");
  await home.hub.stop();
  const make = (name: string, owner: number) => {
    Deno.chownSync(join(home.hub.statePath, name), owner, owner);
    Deno.chmodSync(join(home.hub.statePath, name), 0o600);
  };
  const advice = (name: string) => {
    const path = join(home.hub.statePath, name);
    const what = "belongs to 12345 \\(mode 0600\\), and this program may not use it";
    return new RegExp(`"${path}\\\\?" ${what}; fix: sudo chown root: ${path}`);
  };
  through.push("setpriv", `--bounding-set=${rights}`, `--inh-caps=${rights}`);
  // Without its users the embedded broker would admit no node, and all would seem to be down.
  make("passwd", 12_345);
  await assert.rejects(home.start(), advice("passwd"));
  make("passwd", 0);
  make("hub.db", 12_345);
  await home.start();
  await home.hub.process.line(advice("hub.db"), PATIENCE);
  await home.hub.process.line(IN_MEMORY, PATIENCE);
  await home.hear("Arya");
  make("hub.db", 0);
  await home.hub.process.line(WRITTEN_AGAIN, PATIENCE);
  await home.kill("Arya");
  await home.untilTold(isDown("Arya"));
});
