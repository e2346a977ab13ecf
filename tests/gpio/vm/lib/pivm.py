"""Runs programs in a QEMU guest with GPIO lines and watches those lines.

The machine-independent part: starting QEMU, talking to the guest agent
(guest/agent.c) and to QEMU's own control port (QMP), and collecting what
happens. gpio_vm.py (x86-64, gpio-sim) builds on it. Standard library only.
"""
import ctypes
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import image  # noqa: E402

PI_UID = 1000
USERS = {"root": ("0", "0"), "pi": (str(PI_UID), f"{PI_UID},986"), "nogpio": (str(PI_UID), str(PI_UID))}
GUEST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/busybox"
LINE_FLAGS = (  # linux/gpio.h, GPIO_V2_LINE_FLAG_*
    "used", "active-low", "input", "output", "rising", "falling", "open-drain", "open-source",
    "pull-up", "pull-down", "bias-disabled", "realtime-clock", "hte-clock",
)


class VmError(Exception):
    """The harness itself failed, as opposed to the program under test."""


def _hex(data):
    if isinstance(data, str):
        data = data.encode()
    return data.hex() or "-"


def _unhex(text):
    return b"" if text == "-" else bytes.fromhex(text)


class Program:
    """A program running, or having run, in the guest."""

    def __init__(self, vm, pid_in_agent, argv):
        self.vm, self.id, self.argv = vm, pid_in_agent, argv
        self.pid = None
        self.started = None  # guest monotonic seconds
        self.ended = None
        self.status = None  # exit status; 128 + n when signal n ended it
        self.out = {1: bytearray(), 2: bytearray()}
        self.on_output = None

    @property
    def stdout(self):
        return bytes(self.out[1]).decode(errors="replace")

    @property
    def stderr(self):
        return bytes(self.out[2]).decode(errors="replace")

    def wait(self, timeout=None):
        self.vm.wait_until(lambda: self.status is not None, timeout, f"end of {self.argv[0]}")
        return self.status

    def signal(self, number, group=False):
        self.vm.call("K", self.id, int(number), int(group))

    def write(self, data):
        data = data.encode() if isinstance(data, str) else data
        for i in range(0, len(data), 1500):
            self.vm.call("I", self.id, _hex(data[i:i + 1500]))

    def close_stdin(self):
        self.vm.call("J", self.id)


class Vm:
    """A guest. Use as a context manager; subclasses say what machine it is."""

    boot_timeout = 60
    poll_us = 2000  # lines in use, and high ones, are read back this often
    idle_us = 200000  # all others

    def __init__(self, copies=(), memory=None, net=True, log=None, user="pi"):
        self.copies = [(os.path.abspath(src), dst) for src, dst in copies]
        self.memory, self.net, self.user = memory, net, user
        self.log_path = log
        self.programs, self.chips, self.events, self.remarks = {}, {}, [], []
        self.levels = {}
        self.cond = threading.Condition()
        self.answers, self.seq = {}, 0
        self.greeted = self.dead = False
        self.qemu = self.ctl = None
        self.on_event = None
        self.clock_offset = None  # host time.time() minus guest monotonic seconds
        self.qmp_lock = threading.Lock()

    # -- what a machine has to say --------------------------------------

    def base_image(self):
        raise NotImplementedError

    def qemu_command(self, initrd):
        """The command line. The chardevs ctl (for the agent) and console are
        there to be attached to devices."""
        raise NotImplementedError

    def setup(self):
        """Called once the agent answers."""

    # -- life -------------------------------------------------------------

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def payload_size(self):
        return sum(image.tree_size(src) for src, _ in self.copies)

    def memory_mb(self):
        # initramfs in transit + unpacked (at most half of memory) + V8's needs
        return self.memory or max(768, 512 + 4 * (self.payload_size() >> 20))

    def start(self):
        began = time.monotonic()
        self.dir = tempfile.mkdtemp(prefix="pivm.")
        initrd = os.path.join(self.dir, "initrd")
        with open(initrd, "wb", buffering=1 << 20) as f:
            with open(self.base_image(), "rb") as base:
                shutil.copyfileobj(base, f, 1 << 20)
            archive = image.Cpio(f)
            for src, dst in self.copies:
                if not os.path.exists(src):
                    raise VmError(f"nothing to copy at {src}")
                archive.tree(src, dst, PI_UID, PI_UID)
            archive.close()
        far_ends = {}  # QEMU's ends of our connections to it, passed on as open files

        def connect(name):
            near, far_ends[name] = socket.socketpair()
            return near

        self.ctl, self.qmp = connect("ctl"), connect("qmp")
        self.console = os.path.join(self.dir, "console.log")
        command = self.qemu_command(initrd)
        command += [
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-mon", "chardev=qmp,mode=control",
        ]
        # QEMU wants chardevs before the devices that use them.
        chardevs = ["-chardev", f"file,id=console,path={self.console}"]
        for name, far in far_ends.items():
            chardevs += ["-chardev", f"socket,id={name},fd={far.fileno()}"]
        command[1:1] = chardevs
        if shutil.which(command[0]) is None:
            raise VmError(f"{command[0]} is not installed (see README, 'What the host needs')")
        parent = os.getpid()

        def tie():  # QEMU goes when we go, whatever ends us
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        self.qemu_log = open(os.path.join(self.dir, "qemu.log"), "wb+")
        self.qemu = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.qemu_log, stderr=self.qemu_log,
            pass_fds=[far.fileno() for far in far_ends.values()], preexec_fn=tie, start_new_session=True)
        for far in far_ends.values():
            far.close()
        self.qmp_file = self.qmp.makefile("rw")
        threading.Thread(target=self._read_ctl, daemon=True).start()
        self._qmp_read()  # the greeting
        self.monitor("qmp_capabilities")
        self.wait_until(lambda: self.greeted, self.boot_timeout, "the guest to boot")
        sent = time.time()
        (mono,) = self.call("T", time.time_ns())
        self.clock_offset = (sent + time.time()) / 2 - int(mono) / 1e9
        self.boot_seconds = time.monotonic() - began
        os.unlink(initrd)
        self.setup()
        self.watch()
        self.ready_seconds = time.monotonic() - began

    def watch(self):
        """Has the agent look at which chips there are, and report what their lines do."""
        self.call("C", self.poll_us, self.idle_us)

    def close(self):
        if self.qemu and self.qemu.poll() is None:
            try:
                self.monitor("quit", wait=False)
                self.qemu.wait(5)
            except Exception:
                self.qemu.kill()
                self.qemu.wait()
        self.dead = True
        if getattr(self, "dir", None):
            if self.log_path and os.path.exists(getattr(self, "console", "")):
                shutil.copyfile(self.console, self.log_path)
            shutil.rmtree(self.dir, ignore_errors=True)

    def __del__(self):
        if self.qemu and self.qemu.poll() is None:
            self.qemu.kill()

    def _trouble(self):
        text = ""
        for path in (getattr(self, "console", None), getattr(self, "dir", "") + "/qemu.log"):
            if path and os.path.exists(path):
                with open(path, "rb") as f:
                    tail = f.read()[-1500:].decode(errors="replace").strip()
                text += f"\n--- {os.path.basename(path)} ---\n{tail}" if tail else ""
        return text

    # -- QEMU's own control port ---------------------------------------------

    def _qmp_read(self):
        line = self.qmp_file.readline()
        if not line:
            raise VmError("QEMU ended" + self._trouble())
        return json.loads(line)

    def monitor(self, command, wait=True, **arguments):
        """A QMP command; returns what it returns."""
        with self.qmp_lock:
            message = {"execute": command}
            if arguments:
                message["arguments"] = arguments
            self.qmp_file.write(json.dumps(message) + "\n")
            self.qmp_file.flush()
            while wait:
                answer = self._qmp_read()
                if "error" in answer:
                    raise VmError(f"QEMU: {answer['error'].get('desc')}")
                if "return" in answer:
                    return answer["return"]

    def link(self, up):
        """Plugs the network cable in or pulls it out."""
        self.monitor("set_link", name="net0", up=bool(up))

    # -- the agent ----------------------------------------------------------

    def _read_ctl(self):
        pending = b""
        while True:
            try:
                data = self.ctl.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                break
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                words = line.decode("ascii", "replace").split(" ")
                try:
                    self._message(words)
                except (ValueError, IndexError):
                    pass  # noise of a UART before the agent opened it
        with self.cond:
            self.dead = True
            self.cond.notify_all()

    def _message(self, w):
        with self.cond:
            kind = w[0]
            if kind == "H":
                self.greeted = True
            elif kind == "A":
                self.answers[int(w[1])] = (int(w[2]), w[3:])
            elif kind == "O":
                p = self.programs.get(int(w[1]))
                if p:
                    data = _unhex(w[4])
                    p.out[int(w[2])] += data
                    if p.on_output:
                        p.on_output(p, int(w[2]), data)
            elif kind == "Q":
                p = self.programs.get(int(w[1]))
                if p:
                    code = int(w[2])
                    p.ended = int(w[3]) / 1e9
                    p.status = code if code >= 0 else 128 - code
                    self._event(p.ended, None, None, "exit", f"{p.id} {p.status}")
            elif kind == "c":
                self.chips[int(w[1])] = {"lines": int(w[3]), "label": _unhex(w[4]).decode()}
            elif kind == "L":
                key = (int(w[2]), int(w[3]))
                self.levels[key] = int(w[4])
                self._event(int(w[1]) / 1e9, *key, "level", w[4])
            elif kind == "S":
                self._event(int(w[1]) / 1e9, int(w[2]), int(w[3]), "set", w[4])
            elif kind == "D":
                self._event(int(w[1]) / 1e9, int(w[2]), int(w[3]), "direction", w[4])
            elif kind == "U":
                flags = int(w[5])
                names = ",".join(n for i, n in enumerate(LINE_FLAGS) if flags >> i & 1 and n != "used")
                what = ("in-use", "requested", "released", "reconfigured")[int(w[4])]
                consumer = _unhex(w[7]).decode(errors="replace")
                self._event(int(w[1]) / 1e9, int(w[2]), int(w[3]), what, f"{names or '-'} {consumer or '-'}")
            elif kind == "M":
                self.remarks.append(" ".join(w[1:]))
            self.cond.notify_all()

    def _event(self, t, chip, line, kind, value):
        event = {"t": round(t, 6), "chip": chip, "line": line, "kind": kind, "value": str(value)}
        self.events.append(event)
        if self.on_event:
            self.on_event(event)

    def wait_until(self, condition, timeout, what):
        end = None if timeout is None else time.monotonic() + timeout
        with self.cond:
            while not condition():
                if self.dead or (self.qemu and self.qemu.poll() is not None):
                    raise VmError(f"the guest stopped while waiting for {what}" + self._trouble())
                left = 1 if end is None else end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"timed out waiting for {what}" + ("" if self.greeted else self._trouble()))
                self.cond.wait(min(left, 1))

    def call(self, verb, *args, timeout=60):
        with self.cond:
            self.seq += 1
            seq = self.seq
            self.ctl.sendall(" ".join(map(str, (seq, verb, *args))).encode() + b"\n")
        self.wait_until(lambda: seq in self.answers, timeout, f"the agent's answer to {verb}")
        code, rest = self.answers.pop(seq)
        if code:
            raise OSError(code, os.strerror(code))
        return rest

    # -- programs and files ---------------------------------------------------

    def spawn(self, argv, user=None, cwd=None, env=None, stdin=False, on_output=None):
        """Starts a program (no shell: a list of words) and returns at once."""
        if isinstance(argv, str):
            argv = ["/bin/sh", "-c", argv]
        user = user or self.user
        uid, groups = USERS[user]
        home = "/root" if user == "root" else "/home/pi"
        full = {"PATH": GUEST_PATH, "HOME": home, "USER": "root" if user == "root" else "pi",
                "LANG": "C.UTF-8", **(env or {})}
        with self.cond:
            number = len(self.programs) + 1
            program = self.programs[number] = Program(self, number, argv)
            program.on_output = on_output
        try:
            pid, mono = self.call(
                "X", number, int(bool(stdin)), uid, groups, _hex(cwd or home),
                _hex("".join(a + "\0" for a in argv)), _hex("".join(f"{k}={v}\0" for k, v in full.items())))
        except OSError as e:
            raise OSError(e.errno, f"{argv[0]}: {os.strerror(e.errno)}")
        program.pid, program.started = int(pid), int(mono) / 1e9
        return program

    def run(self, argv, timeout=60, check=False, **how):
        """Runs a program to its end."""
        program = self.spawn(argv, **how)
        program.wait(timeout)
        if check and program.status:
            raise VmError(f"{shlex.join(program.argv)} ended with {program.status}: {program.stderr or program.stdout}")
        return program

    def read_file(self, path):
        return _unhex(self.call("R", _hex(path))[0])

    def write_file(self, path, data, append=False, mode=0o644):
        data = data.encode() if isinstance(data, str) else data
        for i in range(0, max(1, len(data)), 1500):
            self.call("W", _hex(path), _hex(data[i:i + 1500]), int(append or i > 0), f"{mode:o}")

    def fetch(self, path, to):
        """Copies a file or folder out of the guest (as a folder's content)."""
        packed = self.run(["tar", "-c", "-C", os.path.dirname(path) or "/", os.path.basename(path)],
                          user="root", timeout=300, check=True)
        os.makedirs(to, exist_ok=True)
        subprocess.run(["tar", "-x", "--no-same-owner", "-C", to, "-f", "-"], input=bytes(packed.out[1]), check=True)

    # -- lines ------------------------------------------------------------------

    def level(self, line, chip=0):
        """A line's level now, as seen from outside of the program."""
        raise NotImplementedError

    def now(self):
        """Guest monotonic seconds, the clock of all events."""
        return time.time() - self.clock_offset

    def wait_event(self, kind, line=None, value=None, chip=0, since=0.0, timeout=30):
        """The first matching event with t >= since; waits for it if need be."""
        def find():
            for e in list(self.events):
                if (e["t"] >= since and e["kind"] == kind and (line is None or (e["line"], e["chip"]) == (line, chip))
                        and (value is None or e["value"] == str(value))):
                    return e
            return None

        self.wait_until(lambda: find() is not None, timeout, f"{kind} {'' if value is None else value} on line {line}")
        return find()

    def edges(self, line, chip=0, kind="set", since=0.0):
        """[(t, level)...] of one line, repetitions of the same level dropped."""
        last, out = None, []
        for e in sorted((e for e in self.events if e["kind"] == kind and e["line"] == line and e["chip"] == chip),
                        key=lambda e: e["t"]):
            if e["t"] >= since and e["value"] != last:
                out.append((e["t"], int(e["value"])))
                last = e["value"]
        return out


def format_event(event, zero):
    place = "-" if event["line"] is None else f"{event['chip']}:{event['line']}"
    return f"{event['t'] - zero:.6f}\t{event['kind']}\t{place}\t{event['value']}\n"
