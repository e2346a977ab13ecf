"""One file, `disk`, in a FUSE mount of its own: the backing store of a disk that can be made to fail.

    fuse_disk.py IMAGE MOUNTPOINT

Reads modes from stdin, one a line: `well`, `slow` (each flush takes half a second), `mute` (answers nothing any more), `errors` (EIO for each
read and write), `bad_reads` (EIO for each read) or `bad_writes` (EIO for each write). Says `ready`, then each mode once it is in force.
"""

import ctypes
import errno
import os
import select
import struct
import sys
import time

LOOKUP, FORGET, GETATTR, OPEN, READ, WRITE, STATFS = 1, 2, 3, 14, 15, 16, 17
RELEASE, FSYNC, FLUSH, INIT, INTERRUPT, DESTROY, BATCH_FORGET = 18, 20, 25, 26, 36, 38, 42
ROOT, DISK = 1, 2
MAX_WRITE = 128 * 1024
DIRECT_IO = 1
SLOW_S = 0.5


def mount(point):
    fd = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={fd},rootmode=40000,user_id=0,group_id=0".encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"fuse_disk", point.encode(), b"fuse", 0, options) != 0:
        raise OSError(ctypes.get_errno(), f"cannot mount {point}")
    return fd


def attributes(node, size):
    mode = 0o040755 if node == ROOT else 0o100600
    return struct.pack("<QQQQQQIIIIIIIIII", node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(opcode, node, body, image, mode):
    """What to say to one request, an error number, or None to say nothing."""
    size = os.fstat(image).st_size
    if opcode == INIT:
        return struct.pack("<IIIIHHIIHHIIHHIIII", 7, 31, 0, 0, 16, 12, MAX_WRITE, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    if opcode == LOOKUP:
        if body.rstrip(b"\0") != b"disk":
            return errno.ENOENT
        return struct.pack("<QQQQII", DISK, 0, 3600, 3600, 0, 0) + attributes(DISK, size)
    if opcode == GETATTR:
        return struct.pack("<QII", 3600, 0, 0) + attributes(node, size)
    if opcode == OPEN:
        return struct.pack("<QII", 0, DIRECT_IO, 0)
    if opcode in (READ, WRITE, FSYNC) and mode == "mute":
        return None
    if opcode == READ:
        _, offset, length = struct.unpack_from("<QQI", body)
        return errno.EIO if mode in ("errors", "bad_reads") else os.pread(image, length, offset)
    if opcode == WRITE:
        _, offset, length = struct.unpack_from("<QQI", body)
        if mode in ("errors", "bad_writes"):
            return errno.EIO
        return struct.pack("<II", os.pwrite(image, body[40:40 + length], offset), 0)
    if opcode == FSYNC:
        if mode == "slow":
            time.sleep(SLOW_S)
        return errno.EIO if mode in ("errors", "bad_writes") else b""
    if opcode == STATFS:
        return struct.pack("<QQQQQIIII24x", 0, 0, 0, 0, 0, 4096, 255, 4096, 0)
    if opcode in (RELEASE, FLUSH, DESTROY):
        return b""
    return errno.ENOSYS


def serve(fuse, image):
    mode = "well"
    waiting = []

    def reply(request):
        _, opcode, unique, node = struct.unpack_from("<IIQQ", request)
        if opcode in (FORGET, BATCH_FORGET, INTERRUPT):
            return
        said = answer(opcode, node, request[40:], image, mode)
        if said is None:
            waiting.append(request)
            return
        error, data = (-said, b"") if isinstance(said, int) else (0, said)
        os.write(fuse, struct.pack("<IiQ", 16 + len(data), error, unique) + data)

    while True:
        readable, _, _ = select.select([fuse, 0], [], [])
        if 0 in readable:
            line = sys.stdin.readline()
            if line == "":
                return
            mode = line.strip()
            print(mode, flush=True)
            late, waiting = waiting, []
            for request in late:
                reply(request)
        if fuse in readable:
            reply(os.read(fuse, MAX_WRITE + 8192))


def main():
    _, image_path, point = sys.argv
    image = os.open(image_path, os.O_RDWR)
    fuse = mount(point)
    print("ready", flush=True)
    serve(fuse, image)


main()
