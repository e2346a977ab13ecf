/** The agent's part of an upgrade: a file that starts the updater, and the updater's result. */

import assert from "node:assert/strict";
import { CHOICE_FILE, REQUEST_FILE, RESULT_FILE, Updates } from "../../../agent/update/updates.ts";
import { systemClock } from "../../../io/time/clock.ts";
import { readOwnPackage } from "../../../vitals/own_package.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

const REQUEST = JSON.stringify({ version: "0.2.0" });

/** A Pi's files below a folder. */
class Tree extends TemporaryFolder {
  put(path: string, text: string): void {
    const place = path.slice(1);
    Deno.mkdirSync(this.file(place.replace(/\/[^/]*$/, "")), { recursive: true });
    this.write(place, text);
  }

  get isAsked(): boolean {
    try {
      return Deno.lstatSync(this.file(REQUEST_FILE)).size === 0;
    } catch {
      return false;
    }
  }

  async open(): Promise<Updates | undefined> {
    return await Updates.open({ clock: systemClock, folder: this.path, root: this.path });
  }

  result(state: string, more = ""): void {
    this.put(RESULT_FILE, `run=r1\nstate=${state}\nfailure=\nversion=0.2.0\n${more}`);
  }
}

Deno.test("an agent asks for nothing where root has not chosen upgrades", async () => {
  using tree = new Tree();
  tree.result("done");
  assert.equal(await tree.open(), undefined);
});

Deno.test("a request becomes a file without content, and what the updater says is reported", async () => {
  using tree = new Tree();
  tree.put(CHOICE_FILE, "hub=https://hub.local:8443\n");
  const updates = await tree.open();
  assert.ok(updates);
  assert.deepEqual(updates.report, { state: "ready" });
  for (const payload of ["", "{}", '{"version":"; reboot"}']) await updates.ask(payload);
  assert.equal(tree.isAsked, false);
  await updates.ask(REQUEST);
  assert.equal(tree.isAsked, true);
  assert.deepEqual(updates.report, { state: "asked" });
  await updates.look();
  assert.deepEqual(updates.report, { state: "asked" });

  tree.result("running");
  Deno.removeSync(tree.file(REQUEST_FILE));
  await updates.look();
  assert.deepEqual(updates.report, { state: "running", run: "r1", version: "0.2.0" });
  await updates.ask(REQUEST);
  assert.equal(tree.isAsked, false, "it is under way");
  tree.put(RESULT_FILE, "run=r1\nstate=failed\nfailure=checksum\nversion=0.2.0\n");
  await updates.look();
  const failed = { state: "failed", run: "r1", version: "0.2.0", failure: "checksum" };
  assert.deepEqual(updates.report, failed);
  await updates.ask(REQUEST);
  assert.deepEqual(updates.report, { ...failed, state: "asked" });
});

Deno.test("an agent that starts in the middle goes on", async () => {
  using tree = new Tree();
  tree.put(CHOICE_FILE, "hub=https://hub.local:8443\n");
  tree.result("running");
  const during = await tree.open();
  assert.equal(during?.report.state, "running");
  tree.result("done");
  await during?.look();
  assert.equal(during?.report.state, "done");
  tree.write(REQUEST_FILE, "");
  assert.equal((await tree.open())?.report.state, "asked");
});

Deno.test("an agent passes on so many requests as a person makes, and no flood", async () => {
  using tree = new Tree();
  tree.put(CHOICE_FILE, "hub=https://hub.local:8443\n");
  const updates = await tree.open();
  let passed = 0;
  for (let request = 0; request < 50; request++) {
    await updates?.ask(REQUEST);
    if (!tree.isAsked) continue;
    passed++;
    tree.put(RESULT_FILE, `run=r${request}\nstate=done\n`);
    Deno.removeSync(tree.file(REQUEST_FILE));
    await updates?.look();
  }
  assert.ok(passed >= 10 && passed < 15, `${passed}`);
});

Deno.test("an agent without a place for its request says nothing that is not so", async () => {
  using tree = new Tree();
  tree.put(CHOICE_FILE, "hub=https://hub.local:8443\n");
  const updates = await Updates.open({
    clock: systemClock,
    folder: tree.file("absent"),
    root: tree.path,
  });
  await updates?.ask(REQUEST);
  assert.deepEqual(updates?.report, { state: "ready" });
});

Deno.test("a program knows the package that it came with", async () => {
  using tree = new Tree();
  assert.equal(await readOwnPackage(tree.path), undefined);
  tree.put("/usr/share/rpi-cluster-alert/package", "0.2.0~rc1 arm64\n");
  assert.equal(await readOwnPackage(tree.path), "0.2.0~rc1 arm64");
});
