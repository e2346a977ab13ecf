/** `hub backup` and `hub restore`: another machine goes on as the hub, and its Pis find it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { BackupView } from "../../../core/api/backup_view.ts";
import { Home } from "../../support/alerting/home.ts";
import { sendingTo } from "../../support/alerting/told.ts";
import { post } from "../../support/page/hub_actions.ts";
import { Hub, startHub } from "../../support/program/programs.ts";
import { throughFastClock } from "../../support/time/faketime.ts";
import { until } from "../../support/time/until.ts";

const isDown = (name: string) => new RegExp(`^${name} is down`);
/** A hundred times as fast: a hub waits ten minutes before its first backup. */
const FASTER = throughFastClock({ FAKETIME: "+0 x100" });
/** A broker would have a hundredth of a second for its answers. */
const FAST = {
  mqtt: { url: "mqtt://127.0.0.1:9" },
  hub: { broker: "none" },
  sms: { provider: "print" },
};
const PASSPHRASE = "a lannister always pays";

Deno.test("another machine goes on with a backup that was made while the hub ran", async () => {
  await using home = new Home({}, {});
  await home.start();
  await home.hear("Arya");
  await home.hear("Bran");
  await home.kill("Bran");
  await home.untilTold(isDown("Bran"));
  const renamed = await post(home.hub, "nodes/arya/rename", { name: "No One" });
  assert.equal(renamed.status, 200, await renamed.text());
  const file = home.hub.folder.file("hub.backup");
  const made = await home.hub.run("backup", file);
  assert.equal(made.code, 0, made.text);
  assert.match(made.text, /hub\.backup: \d+ MB, with hub\.db, passwd/);
  assert.match(made.text, /It is not encrypted: .* --passphrase encrypts it\./);
  assert.equal((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
  const password = home.hub.credential("rickon");
  await home.hub.run("backup", file);
  await home.hub.kill();

  // A new machine, on which a hub has run already.
  await using other = new Hub(sendingTo(home.phone), {});
  const early = await other.run("restore", file);
  assert.equal(early.code, 0, early.text);
  assert.match(early.text, /Now: sudo systemctl start hub/);
  await other.start();
  const nodes = await other.nodes();
  assert.deepEqual(nodes.map(({ id }) => id).toSorted(), ["arya", "bran", "witness"]);
  assert.equal(nodes.find(({ id }) => id === "arya")?.name, "No One");
  const passwd = Deno.readTextFileSync(join(other.statePath, "passwd"));
  assert.match(passwd, /^rickon:/m);
  assert.ok(!passwd.includes(password), "only its hash is there");
  assert.deepEqual(
    (await other.incidents()).filter(({ node }) => node === "bran").length,
    1,
  );
  assert.equal(home.count(isDown("Bran")), 1, "what people knew was told again");
});

Deno.test("a restore refuses a hub that runs, and a state that is newer", async () => {
  await using hub = await startHub({ sms: { provider: "print" } });
  const file = hub.folder.file("hub.backup");
  assert.equal((await hub.run("backup", file)).code, 0);
  hub.credential("arya");
  const running = await hub.run("restore", file);
  assert.equal(running.code, 1);
  assert.match(running.text, /Another hub uses .* First: sudo systemctl stop hub$/);
  await hub.stop();
  const newer = await hub.run("restore", file);
  assert.equal(newer.code, 1);
  assert.match(newer.text, /is newer \(.*\) than the backup of .*: .* add --replace$/);
  assert.match(Deno.readTextFileSync(join(hub.statePath, "passwd")), /^arya:/m);
  const replaced = await hub.run("restore", file, "--replace");
  assert.equal(replaced.code, 0, replaced.text);
  assert.match(replaced.text, /What was here before is in \S+\/replaced$/m);
  await hub.start();
});

Deno.test("an encrypted backup with the configuration needs its passphrase, from a file", async () => {
  await using hub = await startHub({ webhook: { preset: "json", url: "http://127.0.0.1:9/x" } });
  const secret = hub.folder.write("passphrase", `${PASSPHRASE}\n`);
  const file = hub.folder.file("hub.backup");
  const short = hub.folder.write("short", "guess me");
  assert.equal((await hub.run("backup", file, "--passphrase-file", short)).code, 2);
  const asked = await hub.run("backup", file, "--passphrase");
  assert.equal(asked.code, 2);
  assert.match(asked.text, /Nobody is there to type the passphrase/);
  const made = await hub.run("backup", file, "--passphrase-file", secret, "--with-config");
  assert.equal(made.code, 0, made.text);
  assert.match(made.text, /hub\.ini$/);
  assert.ok(!made.text.includes(PASSPHRASE));
  await hub.stop();
  Deno.removeSync(hub.statePath, { recursive: true });
  const nobody = await hub.run("restore", file);
  assert.equal(nobody.code, 2);
  const wrong = await hub.run("restore", file, "--passphrase-file", short);
  assert.equal(wrong.code, 1);
  assert.match(wrong.text, /The passphrase is not that of/);
  const right = await hub.run("restore", file, "--passphrase-file", secret);
  assert.equal(right.code, 0, right.text);
  assert.match(right.text, /Its configuration was not taken over: --with-config does that\./);
  const both = await hub.run("restore", file, "--passphrase-file", secret, "--with-config");
  assert.equal(both.code, 1, both.text);
  assert.match(both.text, /config\.ini" is there already: to replace it, add --replace/);
  await hub.start();
});

Deno.test("a hub makes a backup by itself, and says so", async () => {
  await using hub = new Hub(FAST, { through: FASTER });
  await hub.start();
  await hub.process.line("made the nightly backup", { withinMs: 120_000 });
  const folder = join(hub.statePath, "backups");
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  assert.match(names.join(), /^hub-\d{4}-\d\d-\d\d\.backup$/);
  assert.equal((Deno.statSync(folder).mode ?? 0) & 0o777, 0o700);
  const { backup } = await hub.api<{ readonly backup: BackupView | null }>("/api/v1/status");
  assert.match(backup?.last_at ?? "", /^\d{4}-/);
  assert.deepEqual([backup?.folder, backup?.failure, backup?.error], [folder, null, null]);
  assert.deepEqual(await hub.api("/api/v1/backups"), { backup });
  // The command has as little time as the hub.
  await until("the status to tell it", async () => {
    const { text } = await hub.run("status");
    return new RegExp(`^Last backup: .* in ${RegExp.escape(folder)}\\.$`, "m").test(text);
  });
  // A second is a hundredth for it: it could not end in time.
  await hub.kill();
  const [name = ""] = names;
  await using other = new Hub({ sms: { provider: "print" } }, {});
  const { code, text } = await other.run("restore", join(folder, name), "--with-config");
  assert.equal(code, 1, text);
  assert.match(text, /is there already/, "the configuration is in it");
  assert.equal((await other.run("restore", join(folder, name))).code, 0);
});

Deno.test("a hub that cannot make its backup says why, and goes on", async () => {
  await using hub = new Hub(FAST, { through: FASTER });
  Deno.mkdirSync(hub.statePath, { recursive: true });
  Deno.writeTextFileSync(join(hub.statePath, "backups"), "a file in its place");
  await hub.start();
  await hub.process.line("cannot make the nightly backup", { withinMs: 120_000 });
  await until("the status to tell it", async () => {
    return /There is no nightly backup in \S+\/backups, and the next one failed/.test(
      (await hub.run("status")).text,
    );
  });
  const { backup } = await hub.api<{ readonly backup: BackupView | null }>("/api/v1/backups");
  assert.deepEqual([backup?.last_at, backup?.failure], [null, "other"]);
});
