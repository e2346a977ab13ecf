/** Backups of a state folder: complete, readable by other programs, and never half of one. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Config } from "../../../core/config/settings.ts";
import { unpackBackup } from "../../../hub/backup/read_backup.ts";
import { finishRestore, takeOver } from "../../../hub/backup/take_over.ts";
import { packTar, type TarEntry } from "../../../hub/backup/tar.ts";
import { writeBackup } from "../../../hub/backup/write_backup.ts";
import { copyDatabase } from "../../../hub/store/database/database_copy.ts";
import { Store } from "../../../hub/store/store.ts";
import { UserError } from "../../../io/program/user_error.ts";
import { runCommand } from "../../support/program/command.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { SeededRandom } from "../../support/time/seeded_random.ts";
import { until } from "../../support/time/until.ts";

const DATABASE = "hub.db";
const PASSPHRASE = "winter is coming, again";
const PROGRAM = new URL("../../support/store/backup_program.ts", import.meta.url).pathname;
/** How often a program is killed, and how many places of a file are damaged. */
const KILLS = 12;
const PLACES = { plain: 40, encrypted: 4 };
const PREPARED = "restore.part";

/** A state folder and a place for backups. */
class Home implements Disposable {
  readonly #folder = new TemporaryFolder();
  readonly state = this.#folder.file("state");

  constructor() {
    Deno.mkdirSync(this.state);
  }

  get config(): Config {
    return { hub: { stateDir: this.state } } as Config;
  }

  file(name: string): string {
    return this.#folder.file(name);
  }

  /** Writes a whole state that says the same mark everywhere. */
  fill(mark: string, nodes = 50): void {
    using store = new Store(join(this.state, DATABASE));
    store.transaction(() => {
      store.facts.set("mark", mark);
      for (let node = 0; node < nodes; node++) store.names.set(`pi-${node}`, `${mark} ${node}`);
    });
    const put = (name: string, mode: number) => {
      const path = join(this.state, name);
      Deno.writeTextFileSync(path, `${mark}\n`);
      Deno.chmodSync(path, mode);
    };
    put("passwd", 0o640);
    put("password", 0o600);
    Deno.mkdirSync(join(this.state, "tls"), { recursive: true, mode: 0o700 });
    put("tls/ca.key", 0o600);
    put("tls/hub.crt", 0o600);
  }

  /** What the state says, everywhere. Ends a restore first, as each start of a hub does. */
  marks(): readonly string[] {
    finishRestore(this.state, DATABASE);
    using store = new Store(join(this.state, DATABASE));
    assert.ok(store.isWritten, "the database is whole");
    const names = [...store.names.all().values()].map((name) => name.split(" ")[0] ?? "");
    const texts = ["passwd", "password", "tls/ca.key", "tls/hub.crt"].map((name) =>
      Deno.readTextFileSync(join(this.state, name)).trim()
    );
    return [...new Set([store.facts.get("mark") ?? "none", ...names, ...texts])];
  }

  async backUp(name: string, passphrase?: string): Promise<string> {
    const path = this.file(name);
    await writeBackup({
      config: this.config,
      path,
      nowMs: Date.now(),
      passphrase,
      copyDatabase: (copy) => {
        for (const _ of copyDatabase(join(this.state, DATABASE), copy));
        return Promise.resolve();
      },
    });
    return path;
  }

  async restore(path: string, passphrase = "none"): Promise<void> {
    await unpackBackup({ path, passphrase: () => Promise.resolve(passphrase) }, {
      into: join(this.state, PREPARED),
      database: DATABASE,
      check: () => {},
    });
    takeOver(this.state, DATABASE);
  }

  /** All files below the state folder and their contents. */
  content(folder = this.state): Readonly<Record<string, string>> {
    const files: Record<string, string> = {};
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = join(folder, name);
      if (isDirectory) Object.assign(files, this.content(path));
      else files[path] = new TextDecoder("latin1").decode(Deno.readFileSync(path));
    }
    return files;
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

for (const passphrase of [undefined, PASSPHRASE]) {
  const kind = passphrase === undefined ? "plain" : "encrypted";

  Deno.test(`a ${kind} backup brings back the whole state, and keeps what was there`, async () => {
    using home = new Home();
    home.fill("first");
    const path = await home.backUp("hub.backup", passphrase);
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assert.equal([...Deno.readDirSync(home.state)].some(({ name }) => /backup/.test(name)), false);
    home.fill("second", 60);
    assert.deepEqual(home.marks(), ["second"]);
    await home.restore(path, passphrase);
    assert.deepEqual(home.marks(), ["first"]);
    const modeOf = (name: string) => (Deno.statSync(join(home.state, name)).mode ?? 0) & 0o777;
    assert.deepEqual(["hub.db", "passwd", "password", "tls/ca.key"].map(modeOf), [
      ...[0o600, 0o640, 0o600, 0o600],
    ]);
    const replaced = Deno.readTextFileSync(join(home.state, "replaced/passwd"));
    assert.equal(replaced, "second\n");
    // A backup does not contain what a restore left behind.
    const again = await home.backUp("again.backup", passphrase);
    await home.restore(again, passphrase);
    assert.deepEqual(home.marks(), ["first"]);
  });

  Deno.test(`a ${kind} backup with any damage is refused before anything is touched`, async () => {
    using home = new Home();
    home.fill("first");
    const bytes = Deno.readFileSync(await home.backUp("hub.backup", passphrase));
    home.fill("second");
    const before = home.content();
    const damaged = home.file("damaged.backup");
    const random = new SeededRandom();
    const attempt = async (what: string, content: Uint8Array) => {
      Deno.writeFileSync(damaged, content);
      try {
        await unpackBackup(
          { path: damaged, passphrase: () => Promise.resolve(passphrase ?? "") },
          { into: join(home.state, PREPARED), database: DATABASE, check: () => {} },
        );
      } catch (error) {
        assert.ok(error instanceof UserError, `${what}, seed ${random.seed}: ${error}`);
        assert.deepEqual(home.content(), before, `${what}, seed ${random.seed}`);
        return "refused";
      }
      const unpacked = home.content(join(home.state, PREPARED));
      Deno.removeSync(join(home.state, PREPARED), { recursive: true });
      // Some bits of a compressed file mean nothing.
      whole ??= unpacked;
      assert.deepEqual(unpacked, whole, `${what}, seed ${random.seed}`);
      return "accepted";
    };
    let whole: Readonly<Record<string, string>> | undefined;
    assert.equal(await attempt("none", bytes), "accepted");
    for (let place = 0; place < PLACES[kind]; place++) {
      const cut = Math.floor(random.between(0, bytes.length));
      assert.equal(await attempt(`cut at ${cut}`, bytes.slice(0, cut)), "refused");
      const at = Math.floor(random.between(0, bytes.length));
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(random.between(0, 8)));
      await attempt(`changed at ${at}`, changed);
    }
    assert.equal(await attempt("cut by one", bytes.slice(0, -1)), "refused");
    assert.equal(await attempt("no backup", new TextEncoder().encode("hello")), "refused");
    assert.equal(await attempt("empty", new Uint8Array()), "refused");
  });
}

Deno.test("a backup is an archive that tar reads, with the list of its files first", async () => {
  using home = new Home();
  home.fill("first");
  const path = await home.backUp("hub.backup");
  const { code, stdout } = await runCommand("tar", { args: ["-tzf", path] });
  assert.equal(code, 0);
  assert.deepEqual(stdout.trim().split("\n"), [
    "manifest.json",
    "hub.db",
    "passwd",
    "password",
    "tls/ca.key",
    "tls/hub.crt",
  ]);
  const key = await runCommand("tar", { args: ["-xzOf", path, "tls/ca.key"] });
  assert.equal(key.stdout, "first\n");
});

Deno.test("an encrypted backup shows nothing, and opens with its passphrase alone", async () => {
  using home = new Home();
  home.fill("a-mark-that-nobody-else-has");
  const path = await home.backUp("hub.backup", PASSPHRASE);
  const text = new TextDecoder("latin1").decode(Deno.readFileSync(path));
  assert.match(text, /^age-encryption\.org\/v1\n-> scrypt \S+ 16\n/);
  assert.doesNotMatch(text, /a-mark|hub\.db|manifest/);
  await assert.rejects(home.restore(path, `${PASSPHRASE}.`), /The passphrase is not that of/);
  assert.equal([...Deno.readDirSync(home.state)].some(({ name }) => name === PREPARED), false);
  await home.restore(path, PASSPHRASE);
  assert.deepEqual(home.marks(), ["a-mark-that-nobody-else-has"]);
});

Deno.test("an archive that somebody made up writes nothing outside of its folder", async () => {
  using home = new Home();
  home.fill("first");
  const before = home.content();
  const files = (names: readonly string[]) =>
    names.map((name) => ({ name, size: 1, sha256: "a".repeat(64), mode: 0o777 }));
  const manifestOf = (names: readonly string[]) =>
    JSON.stringify({
      format: 1,
      version: "0",
      created_at: "2026-11-30T02:00:00Z",
      hostname: "a",
      files: files(names),
    });
  const entry = (name: string, text: string): TarEntry => {
    const bytes = new TextEncoder().encode(text);
    return { name, mode: 0o600, size: bytes.length, content: ReadableStream.from([bytes]) };
  };
  const made: readonly (readonly TarEntry[])[] = [
    [],
    [entry("passwd", "x")],
    [entry("manifest.json", "{}")],
    [entry("manifest.json", manifestOf(["hub.db", "../escaped"])), entry("../escaped", "x")],
    [entry("manifest.json", manifestOf(["hub.db"])), entry("../escaped", "x")],
    [entry("manifest.json", manifestOf(["hub.db"])), entry("hub.db", "too long")],
    [entry("manifest.json", manifestOf(["hub.db"])), entry("hub.db", "x")],
    [entry("manifest.json", manifestOf(["hub.db", "passwd"])), entry("passwd", "x")],
    [entry("manifest.json", manifestOf(["passwd"])), entry("passwd", "x")],
  ];
  for (const [index, entries] of made.entries()) {
    const path = home.file("made.backup");
    const packed = ReadableStream.from(packTar(entries)).pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(path, packed);
    await assert.rejects(home.restore(path), UserError, `archive ${index}`);
    assert.deepEqual(home.content(), before, `archive ${index}`);
  }
});

/** Runs the program until it has ended some rounds, and kills it somewhere in the next one. */
async function killAmong(args: readonly string[], random: SeededRandom): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", PROGRAM, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let rounds = 0;
  let roundMs = 0;
  let lastMs = performance.now();
  const reading = (async () => {
    for await (const _ of child.stdout) {
      rounds++;
      roundMs = performance.now() - lastMs;
      lastMs = performance.now();
    }
  })();
  await until("two rounds", () => rounds >= 2);
  const atMs = lastMs + random.between(0, 1) * roundMs;
  await new Promise((resolve) => setTimeout(resolve, atMs - performance.now()));
  child.kill("SIGKILL");
  await child.status;
  await reading;
}

Deno.test("a backup whose program is killed at any instant is the one before or the new one", async () => {
  using home = new Home();
  home.fill("first", 400);
  const path = home.file("hub.backup");
  const random = new SeededRandom();
  for (let kill = 0; kill < KILLS; kill++) {
    await killAmong(["backup", home.state, path], random);
    await unpackBackup({ path, passphrase: () => Promise.resolve("") }, {
      into: join(home.state, PREPARED),
      database: DATABASE,
      check: () => {},
    });
    Deno.removeSync(join(home.state, PREPARED), { recursive: true });
    assert.deepEqual(home.marks(), ["first"], `seed ${random.seed}`);
  }
});

Deno.test("a restore that is killed at any instant leaves the one state or the other, whole", async () => {
  using home = new Home();
  const backups: string[] = [];
  for (const mark of ["first", "second"]) {
    home.fill(mark, 400);
    backups.push(await home.backUp(`${mark}.backup`));
  }
  const random = new SeededRandom();
  for (let kill = 0; kill < KILLS; kill++) {
    await killAmong(["restore", home.state, ...backups], random);
    const marks = home.marks();
    assert.equal(marks.length, 1, `${marks}, seed ${random.seed}`);
    assert.match(marks[0] ?? "", /^(?:first|second)$/);
    const left = [...Deno.readDirSync(home.state)].map(({ name }) => name);
    assert.ok(!left.some((name) => name.startsWith("restore")), `${left}`);
  }
});

Deno.test("a restored state has nothing of the one before, not even keys that it never had", async () => {
  using home = new Home();
  home.fill("first");
  Deno.removeSync(join(home.state, "tls"), { recursive: true });
  const path = await home.backUp("hub.backup");
  home.fill("second");
  Deno.writeTextFileSync(join(home.state, "hub.pid"), "1\n");
  await home.restore(path);
  assert.ok(![...Deno.readDirSync(home.state)].some(({ name }) => name === "tls"));
  assert.equal(Deno.readTextFileSync(join(home.state, "replaced/tls/ca.key")), "second\n");
  assert.equal(Deno.readTextFileSync(join(home.state, "passwd")), "first\n");
  assert.equal(Deno.readTextFileSync(join(home.state, "hub.pid")), "1\n", "of this machine");
});

Deno.test({
  name: "a state that root restores belongs to the owner of its folder",
  ignore: Deno.uid() !== 0,
  async fn() {
    using home = new Home();
    home.fill("first");
    const path = await home.backUp("hub.backup");
    Deno.chownSync(home.state, 12_345, 12_346);
    await home.restore(path);
    for (const name of ["hub.db", "passwd", "password", "tls", "tls/ca.key", "replaced"]) {
      const { uid, gid } = Deno.statSync(join(home.state, name));
      assert.deepEqual([uid, gid], [12_345, 12_346], name);
    }
  },
});
