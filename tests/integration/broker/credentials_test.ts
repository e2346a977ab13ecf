/** The password file, shared between processes and with Mosquitto's own tool. */

import assert from "node:assert/strict";
import { Credentials, type CredentialsEvent } from "../../../hub/credentials/credentials.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

async function mosquittoPasswd(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("mosquitto_passwd", { args: [...args] }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

Deno.test("an enrolled password is right, and no other is", async () => {
  using folder = new TemporaryFolder();
  const credentials = new Credentials(folder.file("passwd"));
  const password = credentials.enrol("pi-1");
  credentials.enrol("pi-2");
  assert.equal(await credentials.verify("pi-1", password), true);
  for (const wrong of ["", password.slice(1), `${password} `, password.toUpperCase()]) {
    assert.equal(await credentials.verify("pi-1", wrong), false);
  }
  assert.equal(await credentials.verify("pi-2", password), false);
  assert.equal(await credentials.verify("pi-3", password), false);
  assert.equal(await credentials.verify("", ""), false);
  assert.deepEqual(credentials.users(), ["pi-1", "pi-2"]);
});

Deno.test("credentials that are made and ended at the same time all count", async () => {
  using folder = new TemporaryFolder();
  const credentials = new Credentials(folder.file("passwd"));
  const elsewhere = new Credentials(folder.file("passwd"));
  credentials.enrol("pi-0");
  const ids = Array.from({ length: 20 }, (_, index) => `pi-${index + 1}`);
  const enrolled = ids.map((id) => credentials.enrolInBackground(id));
  const revoked = credentials.revokeInBackground("pi-0");
  const own = elsewhere.enrol("pi-21");
  const passwords = await Promise.all(enrolled);
  assert.deepEqual([await revoked, await credentials.revokeInBackground("pi-0")], [true, false]);
  assert.deepEqual(credentials.users().toSorted(), [...ids, "pi-21"].toSorted());
  for (const [index, id] of ids.entries()) {
    assert.equal(await credentials.verify(id, passwords[index] ?? ""), true);
  }
  assert.equal(await credentials.verify("pi-21", own), true);
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["passwd"]);
});

Deno.test("a verified password is recognised until any process renews or revokes it", async () => {
  using folder = new TemporaryFolder();
  const credentials = new Credentials(folder.file("passwd"));
  const first = credentials.enrol("pi-1");
  assert.equal(credentials.recognises("pi-1", first), false);
  await credentials.verify("pi-1", "wrong");
  assert.equal(credentials.recognises("pi-1", "wrong"), false);
  await credentials.verify("pi-1", first);
  assert.equal(credentials.recognises("pi-1", first), true);
  assert.equal(credentials.recognises("pi-1", `${first}x`), false);
  assert.equal(credentials.recognises("pi-2", first), false);
  const elsewhere = new Credentials(credentials.path);
  const second = elsewhere.enrol("pi-1");
  assert.equal(credentials.recognises("pi-1", first), false);
  await credentials.verify("pi-1", second);
  assert.equal(credentials.recognises("pi-1", second), true);
  elsewhere.revoke("pi-1");
  await until("the revocation", () => !credentials.recognises("pi-1", second));
  assert.deepEqual([credentials.has("pi-1"), credentials.has("pi-2")], [false, false]);
});

Deno.test("passwords are different each time, long, and harmless in a URL or an ini file", () => {
  using folder = new TemporaryFolder();
  const credentials = new Credentials(folder.file("passwd"));
  const passwords = new Set(Array.from({ length: 50 }, () => credentials.enrol("pi-1")));
  assert.equal(passwords.size, 50);
  for (const password of passwords) assert.match(password, /^[A-Za-z0-9_-]{32}$/);
  assert.deepEqual(credentials.users(), ["pi-1"]);
});

Deno.test("a renewed or revoked password is worth nothing", async () => {
  using folder = new TemporaryFolder();
  const credentials = new Credentials(folder.file("passwd"));
  const first = credentials.enrol("pi-1");
  const second = credentials.enrol("pi-1");
  assert.equal(await credentials.verify("pi-1", first), false);
  assert.equal(await credentials.verify("pi-1", second), true);
  assert.equal(credentials.revoke("pi-1"), true);
  assert.equal(await credentials.verify("pi-1", second), false);
  assert.equal(credentials.revoke("pi-1"), false);
  assert.deepEqual(credentials.users(), []);
});

Deno.test("the file holds no password, and only its group may read it beside its owner", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("passwd");
  const password = new Credentials(path).enrol("pi-1");
  assert.equal(Deno.readTextFileSync(path).includes(password), false);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o640);
  // The temporary file has replaced the old one.
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["passwd"]);
});

Deno.test("the file keeps its owner and group when root enrols", {
  ignore: Deno.uid() !== 0,
}, () => {
  using folder = new TemporaryFolder();
  Deno.chownSync(folder.path, 1234, 2345);
  const path = folder.file("passwd");
  const credentials = new Credentials(path);
  credentials.enrol("pi-1");
  const { uid, gid } = Deno.statSync(path);
  assert.deepEqual([uid, gid], [1234, 2345]);
  Deno.chownSync(path, 1234, 3456);
  credentials.enrol("pi-2");
  assert.equal(Deno.statSync(path).gid, 3456);
});

Deno.test("an id that can be no node's is refused before anything is written", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("passwd");
  for (const id of ["", "Pi", "pi 1", "pi:1", "pi\nroot", "a/b", "+", "#x", "x".repeat(64)]) {
    assert.throws(() => new Credentials(path).enrol(id), /A node's id: expected/);
  }
  assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
});

Deno.test("a password that mosquitto_passwd wrote is right here", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("passwd");
  await mosquittoPasswd("-b", "-c", path, "pi-1", "correct horse");
  const credentials = new Credentials(path);
  assert.equal(await credentials.verify("pi-1", "correct horse"), true);
  assert.equal(await credentials.verify("pi-1", "battery staple"), false);
  await mosquittoPasswd("-b", path, "pi-1", "battery staple");
  assert.equal(await credentials.verify("pi-1", "battery staple"), true);
});

Deno.test("what is no entry of ours stays in the file and admits nobody", async () => {
  using folder = new TemporaryFolder();
  const path = folder.write(
    "passwd",
    "# kept by hand\nold:$6$c2FsdA==$aGFzaA==\nplain:secret\n:$7$101$x$y\n" +
      `huge:$7$999999$${"A".repeat(16)}$${"A".repeat(86)}==\r\n`,
  );
  const credentials = new Credentials(path);
  for (const user of ["# kept by hand", "old", "plain", "", "huge", "__proto__"]) {
    assert.equal(await credentials.verify(user, "secret"), false);
  }
  credentials.enrol("pi-1");
  const text = Deno.readTextFileSync(path);
  for (const line of ["# kept by hand", "old:$6$c2FsdA==$aGFzaA==", "plain:secret"]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});

Deno.test("a watcher hears whose credential another process changed", async () => {
  using folder = new TemporaryFolder();
  const credentials = new Credentials(folder.file("passwd"));
  for (const id of ["pi-1", "pi-2", "pi-3"]) credentials.enrol(id);
  const stop = new AbortController();
  const events: CredentialsEvent[] = [];
  credentials.watch(stop.signal, (event) => events.push(event));
  const elsewhere = new Credentials(credentials.path);
  elsewhere.enrol("pi-1");
  elsewhere.revoke("pi-2");
  elsewhere.enrol("pi-4");
  const changed = () =>
    new Set(events.flatMap((event) => event.kind === "changed" ? event.users : []));
  await until("three changes", () => changed().size === 3);
  assert.deepEqual([...changed()].sort(), ["pi-1", "pi-2", "pi-4"]);
  stop.abort();
});

Deno.test("an unreadable file is reported once, and its earlier content stays in force", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("passwd");
  const credentials = new Credentials(path);
  const password = credentials.enrol("pi-1");
  const stop = new AbortController();
  const events: CredentialsEvent[] = [];
  credentials.watch(stop.signal, (event) => events.push(event));
  Deno.removeSync(path);
  Deno.mkdirSync(path); // unreadable for root, too
  assert.equal(await credentials.verify("pi-1", password), true);
  assert.equal(await credentials.verify("pi-1", password), true);
  assert.deepEqual(events.map(({ kind }) => kind), ["unreadable"]);
  assert.throws(() => credentials.users());
  stop.abort();
});

/** A watched file with two users, and the events that the watcher receives. */
function watched(folder: TemporaryFolder, signal: AbortSignal) {
  const credentials = new Credentials(folder.file("passwd"));
  const password = credentials.enrol("pi-1");
  credentials.enrol("pi-2");
  const events: CredentialsEvent[] = [];
  credentials.watch(signal, (event) => events.push(event));
  const gone = () => events.flatMap((event) => event.kind === "changed" ? [...event.gone] : []);
  return { credentials, password, events, gone, text: Deno.readTextFileSync(credentials.path) };
}

/**
 * Resolves when a watcher has accepted that a file lost a user from now on: one that had noticed the
 * loss of users before would have accepted it by then.
 */
async function untilAnotherLoss(): Promise<void> {
  using folder = new TemporaryFolder();
  const stop = new AbortController();
  const { credentials, gone } = watched(folder, stop.signal);
  await mosquittoPasswd("-D", credentials.path, "pi-2");
  await until("pi-2 to be gone", () => gone().includes("pi-2"));
  stop.abort();
}

Deno.test("an empty or missing file revokes nobody, and is reported once", async () => {
  for (const harm of [(path: string) => Deno.truncateSync(path), Deno.removeSync]) {
    using folder = new TemporaryFolder();
    const stop = new AbortController();
    const { credentials, password, events } = watched(folder, stop.signal);
    harm(credentials.path);
    await until("the watcher to report it", () => events.length > 0);
    await untilAnotherLoss();
    assert.deepEqual(events.map(({ kind }) => kind), ["unreadable"]);
    assert.equal(await credentials.verify("pi-1", password), true);
    stop.abort();
  }
});

Deno.test("a file that is rewritten in place revokes nobody while half of it is there", async () => {
  using folder = new TemporaryFolder();
  const stop = new AbortController();
  const { credentials, password, events, gone, text } = watched(folder, stop.signal);
  const lines = text.split(/(?<=\n)/);
  for (const half of ["", lines[0] ?? "", lines.slice(0, 2).join(""), text.slice(0, -9)]) {
    Deno.writeTextFileSync(credentials.path, half);
    assert.equal(await credentials.verify("pi-1", password), true, half);
    assert.deepEqual(gone(), []);
  }
  Deno.writeTextFileSync(credentials.path, text);
  assert.equal(await credentials.verify("pi-1", password), true);
  assert.deepEqual(events.filter(({ kind }) => kind === "changed"), []);
  stop.abort();
});

Deno.test("a watcher reports that the last users were revoked, by any process", async () => {
  using folder = new TemporaryFolder();
  const stop = new AbortController();
  const { credentials, password, gone } = watched(folder, stop.signal);
  await mosquittoPasswd("-D", credentials.path, "pi-2");
  await until("pi-2 to be gone", () => gone().includes("pi-2"));
  new Credentials(credentials.path).revoke("pi-1");
  await until("pi-1 to be gone", () => gone().includes("pi-1"));
  assert.equal(await credentials.verify("pi-1", password), false);
  stop.abort();
});

Deno.test("mosquitto_passwd keeps every user of a file that was written here", async () => {
  using folder = new TemporaryFolder();
  const credentials = new Credentials(folder.file("passwd"));
  const password = credentials.enrol("pi-1");
  await mosquittoPasswd("-b", credentials.path, "pi-2", "correct horse");
  assert.equal(await credentials.verify("pi-1", password), true);
  assert.equal(await credentials.verify("pi-2", "correct horse"), true);
});
