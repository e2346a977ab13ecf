"""Makes guest images: cpio archives, kernel modules, uncompressed kernels.

Used by the build scripts as a command line tool and by the runner as a module.
Needs nothing but Python's standard library.
"""
import glob
import lzma
import os
import re
import stat
import subprocess
import sys


class Cpio:
    """Writer of the 'newc' format the kernel takes as an initramfs."""

    def __init__(self, out):
        self.out, self.ino, self.seen, self.pos = out, 0, set(), 0

    def _raw(self, data):
        self.out.write(data)
        self.pos += len(data)

    def _pad(self):
        self._raw(b"\0" * (-self.pos % 4))

    def entry(self, name, mode, data=b"", uid=0, gid=0, rdev=(0, 0), size=None, stream=None):
        name = name.strip("/") or "."
        self.seen.add(name)
        self.ino += 1
        size = len(data) if size is None else size
        if size >= 1 << 32:
            raise SystemExit(f"{name}: too large for an initramfs")
        raw = name.encode() + b"\0"
        fields = (self.ino, mode, uid, gid, 1, 0, size, 0, 0, *rdev, len(raw), 0)
        self._raw(b"070701" + b"".join(b"%08X" % f for f in fields) + raw)
        self._pad()
        if stream is None:
            self._raw(data)
        else:
            left = size
            while left:
                block = stream.read(min(left, 1 << 20))
                if not block:
                    raise SystemExit(f"{name}: shrank while being copied")
                self._raw(block)
                left -= len(block)
        self._pad()

    def parents(self, name, uid=0, gid=0):
        parts = name.strip("/").split("/")[:-1]
        for i in range(1, len(parts) + 1):
            path = "/".join(parts[:i])
            if path not in self.seen:
                self.entry(path, stat.S_IFDIR | 0o755, uid=uid, gid=gid)

    def file(self, name, path, uid=0, gid=0):
        info = os.lstat(path)
        if stat.S_ISLNK(info.st_mode):
            self.entry(name, stat.S_IFLNK | 0o777, os.readlink(path).encode(), uid, gid)
        elif stat.S_ISREG(info.st_mode):
            with open(path, "rb") as stream:
                self.entry(name, stat.S_IFREG | stat.S_IMODE(info.st_mode), uid=uid, gid=gid,
                           size=info.st_size, stream=stream)
        elif stat.S_ISDIR(info.st_mode):
            self.entry(name, stat.S_IFDIR | stat.S_IMODE(info.st_mode), uid=uid, gid=gid)
        # sockets, pipes and devices stay behind

    def tree(self, root, at="", uid=0, gid=0):
        """Everything below root, itself included; links are kept as links."""
        at = at.strip("/")
        if at:
            self.parents(at)
        if os.path.isfile(root):
            self.file(at, os.path.realpath(root), uid, gid)
            return
        for folder, dirs, files in os.walk(root):
            dirs.sort()
            rel = os.path.relpath(folder, root)
            here = at if rel == "." else "/".join(filter(None, (at, rel)))
            if here and here not in self.seen:
                self.file(here, folder, uid, gid)
            for name in sorted(files + [d for d in dirs if os.path.islink(os.path.join(folder, d))]):
                self.file("/".join(filter(None, (here, name))), os.path.join(folder, name), uid, gid)

    def close(self):
        self.entry("TRAILER!!!", 0)
        self._raw(b"\0" * (-self.pos % 512))


def tree_size(root):
    if os.path.isfile(root):
        return os.path.getsize(root)
    return sum(os.lstat(os.path.join(d, f)).st_size for d, _, names in os.walk(root) for f in names)


def vmlinux(bzimage, out):
    """Unpack the ELF kernel inside an x86 bzImage.

    QEMU starts such a kernel directly (PVH), which saves the guest from
    decompressing it: seconds, where every instruction is emulated.
    """
    data = open(bzimage, "rb").read()
    for magic, unpack in (
        (b"\xfd7zXZ\0", lambda b: lzma.LZMADecompressor().decompress(b)),
        (b"\x28\xb5\x2f\xfd", lambda b: subprocess.run(
            ["zstd", "-dcq"], input=b, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout),
    ):
        at = data.find(magic)
        while at >= 0:
            try:
                elf = unpack(data[at:])
            except Exception:
                elf = b""
            if elf[:4] == b"\x7fELF":
                with open(out, "wb") as f:
                    f.write(elf)
                return
            at = data.find(magic, at + 1)
    raise SystemExit(f"{bzimage}: no kernel found inside")


def modules(kernel_root, out, names):
    """Copy the named modules and what they depend on, as plain .ko files, and
    write boot.list: their names in an order in which they can be loaded."""
    files = {}
    for ext in ("ko", "ko.xz"):
        for path in glob.glob(f"{kernel_root}/**/lib/modules/**/*.{ext}", recursive=True):
            files.setdefault(os.path.basename(path).split(".")[0].replace("-", "_"), path)
    order = []
    os.makedirs(out, exist_ok=True)

    def take(name, why):
        name = name.replace("-", "_")
        if name in order:
            return
        if name not in files:
            if why is None:
                print(f"image: {name} is no module of this kernel (built in, or not there)", file=sys.stderr)
                return
            raise SystemExit(f"module {name}, which {why} needs, is not there")
        data = open(files[name], "rb").read()
        if files[name].endswith(".xz"):
            data = lzma.decompress(data)
        found = re.search(rb"\0depends=([^\0]*)\0", data)
        for dep in filter(None, (found.group(1).decode() if found else "").split(",")):
            take(dep, name)
        with open(f"{out}/{name}.ko", "wb") as f:
            f.write(data)
        order.append(name)

    for name in names:
        take(name, None)
    with open(f"{out}/boot.list", "w") as f:
        f.writelines(f"{name}.ko\n" for name in order)


def base(root, out):
    with open(out + ".part", "wb", buffering=1 << 20) as f:
        archive = Cpio(f)
        archive.tree(root)
        if "dev" not in archive.seen:
            archive.entry("dev", stat.S_IFDIR | 0o755)
        archive.entry("dev/console", stat.S_IFCHR | 0o600, rdev=(5, 1))
        archive.entry("dev/null", stat.S_IFCHR | 0o666, rdev=(1, 3))
        archive.close()
    os.replace(out + ".part", out)


if __name__ == "__main__":
    verb, args = sys.argv[1], sys.argv[2:]
    if verb == "vmlinux":
        vmlinux(*args)
    elif verb == "modules":
        modules(args[0], args[1], args[2:])
    elif verb == "cpio":
        base(*args)
    else:
        raise SystemExit(f"unknown verb {verb}")
