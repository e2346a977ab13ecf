/** The meaning of answers of tools and kernel about storage: a doubt is never a fault. */

import assert from "node:assert/strict";
import { isReadOnly, isRemote, mountFrom, wantsWriting } from "../../../io/storage/mount_line.ts";
import { findingOf, startFinding } from "../../../io/storage/storage_finding.ts";

/** The shell's output about a mount: the point, and the rest of the line of mountinfo. */
function mount(text: string) {
  const found = mountFrom(text);
  assert.ok(found !== undefined, text);
  return found;
}

Deno.test("an error of the device is a fault", () => {
  for (
    const words of ["Input/output error", "Structure needs cleaning", "No such device or address"]
  ) {
    assert.equal(findingOf({ code: 1, words }), "errors");
  }
  assert.equal(findingOf({ code: 127, words: "Input/output error" }), "errors", "a library");
  assert.equal(findingOf({ code: 135, words: "" }), "errors", "SIGBUS: the program itself");
  assert.equal(findingOf({ code: 0, words: "other" }), "lost_write");
  assert.equal(findingOf({ code: 2, words: "Cannot fork" }), "no_process");
});

Deno.test("an error that does not come from the device is not a fault", () => {
  assert.equal(findingOf({ code: 0, words: "" }), "ok");
  for (
    const words of [
      ...["Invalid argument", "Permission denied", "No such file or directory", "not found"],
      ...["No space left on device", "Disk quota exceeded", "Read-only file system", ""],
      ...["Stale file handle", "Is a directory", "Terminated", "unrecognized option"],
    ]
  ) {
    assert.equal(findingOf({ code: 1, words }), "not_known", words);
  }
});

Deno.test("a missing shell is not a fault, but one that cannot be started is", () => {
  assert.equal(startFinding(new Deno.errors.NotFound()), "not_known");
  assert.equal(startFinding(new Deno.errors.PermissionDenied()), "not_known");
  assert.equal(startFinding(new Deno.errors.NotCapable()), "not_known");
  assert.equal(startFinding(new Deno.errors.WouldBlock()), "no_process");
  assert.equal(startFinding(new Error("Cannot allocate memory (os error 12)")), "no_process");
});

Deno.test("a mount is read with and without optional fields", () => {
  assert.deepEqual(mount("/ shared:1 - ext4 /dev/mmcblk0p2 rw,errors=remount-ro"), {
    point: "/",
    type: "ext4",
    source: "/dev/mmcblk0p2",
    options: ["rw", "errors=remount-ro"],
  });
  assert.equal(mount("/var/lib/x - btrfs /dev/sda2 rw,subvol=/@").source, "/dev/sda2");
  for (const text of ["", " ", "/", "/ - ext4", "relative - ext4 /dev/sda rw"]) {
    assert.equal(mountFrom(text), undefined, text);
  }
});

Deno.test("read-only is reported by the file system, or set by the kernel", () => {
  const isSo = (options: string) => isReadOnly(mount(`/ - ext4 /dev/sda ${options}`));
  assert.equal(isSo("rw,noatime"), false);
  assert.equal(isSo("ro,noatime"), true);
  assert.equal(isSo("rw,errors=remount-ro,emergency_ro"), true);
  assert.equal(isSo("rw,errors=remount-ro"), false);
});

Deno.test("a network file system says nothing about this machine's disk", () => {
  for (const type of ["nfs4", "cifs", "9p", "fuse.sshfs", "virtiofs"]) {
    assert.equal(isRemote(mount(`/ - ${type} server:/x rw`)), true, type);
  }
  for (const type of ["ext4", "btrfs", "f2fs", "overlay", "tmpfs", "fuseblk", "zfs"]) {
    assert.equal(isRemote(mount(`/ - ${type} x rw`)), false, type);
  }
});

Deno.test("fstab shows whether the owner mounts it read-only", () => {
  const fstab = [
    "# / was on /dev/sda ro",
    "proc  /proc  proc  defaults  0 0",
    "PARTUUID=1-02\t/\text4\tdefaults,noatime  0  1",
    "PARTUUID=1-01 /boot/firmware vfat defaults,ro 0 2",
  ].join("\n");
  assert.equal(wantsWriting(fstab, "/"), true);
  assert.equal(wantsWriting(fstab, "/boot/firmware"), false);
  assert.equal(wantsWriting(fstab, "/srv"), undefined);
  assert.equal(wantsWriting("", "/"), undefined);
});
