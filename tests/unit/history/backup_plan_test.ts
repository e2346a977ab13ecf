/** When the nightly backup is made, and which are kept. */

import assert from "node:assert/strict";
import {
  decodeManifest,
  encodeManifest,
  isBackupPath,
} from "../../../core/history/backup_manifest.ts";
import {
  backupName,
  BACKUPS_KEPT,
  isBackupDue,
  obsoleteBackups,
} from "../../../core/history/backup_plan.ts";

Deno.test("each night has one backup, and the first one does not wait for the night", () => {
  const due = (names: readonly string[], day: string, hour: number) =>
    isBackupDue({ names, day, hour });
  const yesterday = [backupName("2026-11-29")];
  assert.equal(due([], "2026-11-30", 14), true);
  assert.equal(due(["notes.txt"], "2026-11-30", 1), true);
  assert.equal(due(yesterday, "2026-11-30", 2), false);
  assert.equal(due(yesterday, "2026-11-30", 3), true);
  assert.equal(due(yesterday, "2026-11-30", 23), true, "the hub was off at night");
  assert.equal(due([...yesterday, backupName("2026-11-30")], "2026-11-30", 23), false);
  assert.equal(due([], "1970-01-01", 5), false, "the clock is wrong");
  assert.equal(due([backupName("2099-01-01")], "2026-11-30", 4), true, "the clock was wrong");
});

Deno.test("the last seven are kept, also after a hub was off for long, and other files are left alone", () => {
  const names = Array.from({ length: 9 }, (_, day) => backupName(`2026-11-1${day}`));
  assert.deepEqual(obsoleteBackups([...names.toReversed(), "hub.backup", "a-2026-01-01.backup"]), [
    "hub-2026-11-10.backup",
    "hub-2026-11-11.backup",
  ]);
  assert.deepEqual(obsoleteBackups(names.slice(0, BACKUPS_KEPT)), []);
});

Deno.test("no name in a backup leads out of the state folder", () => {
  for (const good of ["hub.db", "passwd", "tls/ca.key", "tls/hub.crt"]) {
    assert.ok(isBackupPath(good), good);
  }
  for (
    const bad of [
      ...["", "..", "../passwd", "/etc/passwd", "tls/../passwd", "a/b/c", ".hidden", "a/.b"],
      ...["a b", "a\0b", "tls/", "//", "manifest.json", "a".repeat(70)],
    ]
  ) assert.ok(!isBackupPath(bad), bad);
});

Deno.test("a manifest is read back, and a wrong one is refused with the reason", () => {
  const file = { name: "hub.db", size: 3, sha256: "a".repeat(64), mode: 0o600 };
  const manifest = {
    version: "0.1.0",
    createdAt: "2026-11-30T02:00:00.000Z",
    hostname: "castle-black",
    files: [file],
  };
  const text = encodeManifest(manifest);
  assert.deepEqual(decodeManifest(text), { ok: true, value: manifest });
  const refused = (change: (text: string) => string, reason: RegExp) => {
    const changed = change(text);
    assert.notEqual(changed, text);
    const decoded = decodeManifest(changed);
    assert.ok(!decoded.ok);
    assert.match(decoded.reason, reason);
  };
  refused((text) => text.replace('"format": 1', '"format": 2'), /newer version, 0\.1\.0/);
  refused((text) => text.replace('"hub.db"', '"../hub.db"'), /name/);
  refused((text) => text.replace('"size": 3', '"size": -3'), /size/);
  refused((text) => text.replace("2026-11", "2026-19"), /time/);
  refused((text) => text.slice(0, -4), /JSON/);
  const twice = decodeManifest(encodeManifest({ ...manifest, files: [file, file] }));
  assert.ok(!twice.ok);
});
