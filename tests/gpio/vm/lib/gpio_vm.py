"""The x86-64 guest with gpio-sim lines, and its command line."""
import argparse
import errno
import json
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pivm import Vm, VmError, format_event  # noqa: E402

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Labels and sizes of the chips, in the order in which the boards' kernels
# register them. "pi5-old" is the order of Raspberry Pi kernels before 6.6.45.
BOARDS = {
    "pi1": ["pinctrl-bcm2835:54"],
    "pi3": ["pinctrl-bcm2835:54", "raspberrypi-exp-gpio:8"],
    "pi4": ["pinctrl-bcm2711:58", "raspberrypi-exp-gpio:8"],
    # A port expander on the I2C bus, registered before the header's chip.
    "pi4-mcp23017": ["mcp23017:16", "pinctrl-bcm2711:58", "raspberrypi-exp-gpio:8"],
    "pi5": ["pinctrl-rp1:54", "gpio-brcmstb@107d508500:32", "gpio-brcmstb@107d508520:4",
            "gpio-brcmstb@107d517c00:17", "gpio-brcmstb@107d517c20:6"],
    "pi5-old": ["gpio-brcmstb@107d508500:32", "gpio-brcmstb@107d508520:4",
                "gpio-brcmstb@107d517c00:17", "gpio-brcmstb@107d517c20:6", "pinctrl-rp1:54"],
    "none": [],
}
USERLANDS = ("bookworm", "trixie")


def cache():
    root = os.environ.get("PIVM_CACHE")
    if not root:
        root = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "pi-vm")
    return root


def build(script, *args):
    if subprocess.run([script, *args], stdout=sys.stderr).returncode:
        raise VmError("the build failed")


def parse_chips(chips):
    """Labels and numbers of lines of chips written LABEL:LINES."""
    return [(label, int(lines)) for label, _, lines in (chip.rpartition(":") for chip in chips)]


class SimVm(Vm):
    def __init__(self, userland="bookworm", chips=("pinctrl-bcm2835:28",), busy=(), persist=False,
                 cpus=2, cpu="max", **rest):
        super().__init__(**rest)
        self.userland, self.busy, self.persist, self.cpus, self.cpu = userland, list(busy), persist, cpus, cpu
        self.chip_spec = parse_chips(chips)

    def base_image(self):
        build(os.path.join(HERE, "build.sh"), self.userland)
        return os.path.join(cache(), "gpio-vm", f"root-{self.userland}", "initramfs.cpio")

    def qemu_command(self, initrd):
        command = [
            os.environ.get("PIVM_QEMU_X86", "qemu-system-x86_64"), "-accel", os.environ.get("PIVM_ACCEL", "tcg"),
            "-machine", "pc", "-cpu", self.cpu, "-smp", str(self.cpus), "-m", str(self.memory_mb()),
            "-kernel", os.path.join(cache(), "gpio-vm", "kernel", "vmlinux"), "-initrd", initrd,
            "-append", "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on " +
            os.environ.get("PIVM_KERNEL_ARGS", ""),
            "-serial", "chardev:console",
            "-device", "virtio-serial-pci", "-device", "virtserialport,chardev=ctl,name=pivm.ctl",
            "-object", "rng-builtin,id=rng0",
        ]
        if self.net:
            command += ["-netdev", "user,id=net0,ipv6=off", "-device", "virtio-net-pci,id=nic0,netdev=net0,romfile="]
        return command

    def setup(self):
        script = ["set -e"]
        if self.net:
            script.append(NETWORK)
        script += ["ip link set lo up; hostname -F /etc/hostname", "cd /lib/modules",
                   "for m in $(cat gpio-sim.list); do insmod $m; done",
                   "mount -t configfs configfs /sys/kernel/config"]
        self._set_up(script)
        self.plug()

    def replug(self, chips, busy=(), persist=False):
        """Other chips in place of those there are, in a guest that runs."""
        self._set_up(["set -e", "cd /sys/kernel/config/gpio-sim", "[ -d pi ] || exit 0", "echo 0 > pi/live",
                      "find pi -depth -type d -exec rmdir {} ';' 2> /dev/null || true", "[ ! -d pi ] || rmdir pi"])
        self.watch()  # lets go of the old chips, which keep their numbers until then
        self.chip_spec, self.busy, self.persist = parse_chips(chips), list(busy), persist
        self.plug()
        self.watch()

    def plug(self):
        if not self.chip_spec:
            return
        script = ["set -e", f"echo {int(self.persist)} > /sys/module/gpio_sim/parameters/persist_outputs",
                  "mkdir /sys/kernel/config/gpio-sim/pi; cd /sys/kernel/config/gpio-sim/pi"]
        for n, (label, lines) in enumerate(self.chip_spec):
            script.append(f"mkdir bank{n}; echo {lines} > bank{n}/num_lines; "
                          f"echo {shlex.quote(label)} > bank{n}/label")
            if label.startswith("pinctrl-"):
                names = ["ID_SDA", "ID_SCL"] + [f"GPIO{i}" for i in range(2, 28)]
                script.append("mkdir " + " ".join(f"bank{n}/line{i}" for i in range(min(28, lines))))
                script += [f"echo {name} > bank{n}/line{i}/name" for i, name in enumerate(names[:lines])]
        main = self.main_chip()
        for line in self.busy:
            script.append(f"mkdir -p bank{main}/line{line}/hog; echo someone-else > bank{main}/line{line}/hog/name; "
                          f"echo output-low > bank{main}/line{line}/hog/direction")
        script.append("echo 1 > live; chgrp gpio /dev/gpiochip*; chmod 660 /dev/gpiochip*")
        self._set_up(script)

    def _set_up(self, script):
        done = self.run("\n".join(script), user="root", timeout=60)
        if done.status:
            raise VmError(f"setting up the guest failed: {done.stderr}")

    def main_chip(self):
        """The number of the chip that has the header's lines."""
        return next((n for n, (label, _) in enumerate(self.chip_spec) if label.startswith("pinctrl-")), 0)

    def _line(self, line, chip, what):
        return f"/sys/devices/platform/gpio-sim.0/gpiochip{chip}/sim_gpio{line}/{what}"

    def level(self, line, chip=None):
        return int(self.read_file(self._line(line, self.main_chip() if chip is None else chip, "value")))

    def pull(self, line, to, chip=None):
        """Pulls an input up or down from outside, as a button or sensor would."""
        word = {"up": "pull-up", "down": "pull-down", 1: "pull-up", 0: "pull-down"}[to]
        self.write_file(self._line(line, self.main_chip() if chip is None else chip, "pull"), word)

    def press(self, line, ms=100, active="down"):
        """Presses a button, and tells between which instants it went down, and up again."""
        began = self.now()
        self.pull(line, active)
        down = self.now()
        time.sleep(ms / 1000)
        released = self.now()
        self.pull(line, "up" if active == "down" else "down")
        return {"pressed": [began, down], "released": [released, self.now()]}


NETWORK = """
for try in $(seq 120); do
  nic=$(ls /sys/class/net | grep -m1 -E '^(eth|usb|en)') && break
  sleep 0.25
done
[ -n "$nic" ] || { echo "no network device" >&2; exit 1; }
ip addr add 10.0.2.15/24 dev $nic; ip link set $nic up; ip route add default via 10.0.2.2
echo nameserver 10.0.2.3 > /etc/resolv.conf
"""


# ---- the command line ---------------------------------------------------------


def signal_number(name):
    name = str(name).upper()
    return int(name) if name.isdigit() else getattr(signal, name if name.startswith("SIG") else "SIG" + name).value


def act(vm, program, words):
    """One action of --at."""
    verb, args = words[0], words[1:]
    if verb == "pull":
        vm.pull(int(args[0]), args[1])
    elif verb == "press":  # LINE [MILLISECONDS] [active level, up or down]
        vm.press(int(args[0]), float(args[1]) if len(args) > 1 else 100, args[2] if len(args) > 2 else "down")
    elif verb == "signal":
        program.signal(signal_number(args[0]))
    elif verb == "link":
        vm.link(args[0] == "up")
    elif verb == "sh":
        vm.run(" ".join(args), user="root")
    elif verb == "stdin":
        program.write(" ".join(args) + "\n")
    else:
        raise VmError(f"unknown action {verb}")


def one_shot(vm, args, began):
    def copy_through(_, stream, data):
        target = sys.stdout.buffer if stream == 1 else sys.stderr.buffer
        target.write(data)
        target.flush()

    for text in args.before:
        done = vm.run(text, user="root", timeout=args.timeout)
        if done.status:
            raise VmError(f"{text!r} ended with {done.status}: {done.stdout}{done.stderr}")
    plan = []
    for text in args.at:
        found = re.fullmatch(r"(?:/(.*)/\+?)?([0-9.]*):(.*)", text, re.S)
        if not found or not (found[1] or found[2]):
            raise VmError(f"--at {text}: not SECONDS:ACTION, /TEXT/:ACTION or /TEXT/+SECONDS:ACTION")
        plan.append((found[1], float(found[2] or 0), shlex.split(found[3]), text))
    events = open(args.events, "w", buffering=1) if args.events else None
    if events:
        events.write("# seconds since the command's start\tkind\tchip:line\tvalue\n")
    try:
        program = vm.spawn(args.command, cwd=args.cwd, env=dict(e.split("=", 1) for e in args.env),
                           stdin=any(a[0] == "stdin" for _, _, a, _ in plan), on_output=copy_through)
    except OSError as e:
        print(f"pi-vm: {e.strerror}", file=sys.stderr)
        return 127 if e.errno == errno.ENOENT else 126
    status = None
    start = time.monotonic()
    deadline = began + args.timeout
    written, held = 0, []

    def write_events(all_of_them=False):
        """In order of time: the sources reach us up to some hundredths of a
        second apart, so the latest events wait for their turn."""
        nonlocal written, held
        new = vm.events[written:]
        written += len(new)
        limit = vm.now() - 0.1
        held = sorted(held + [e for e in new if e["t"] >= program.started], key=lambda e: e["t"])
        while events and held and (all_of_them or held[0]["t"] < limit):
            events.write(format_event(held.pop(0), program.started))

    def player(pattern, seconds, action, text):
        try:
            if pattern is not None:
                vm.wait_until(lambda: program.status is not None or
                              re.search(pattern, program.stdout + program.stderr), None, pattern)
                time.sleep(seconds)
            else:
                time.sleep(max(0, start + seconds - time.monotonic()))
            if program.status is None:
                act(vm, program, action)
            else:
                print(f"pi-vm: --at {text}: too late, the command has ended", file=sys.stderr)
        except Exception as e:
            if not vm.dead:
                print(f"pi-vm: --at {text}: {e}", file=sys.stderr)

    for item in plan:
        threading.Thread(target=player, args=item, daemon=True).start()
    while status is None:
        try:
            status = program.wait(max(0, min(0.2, deadline - time.monotonic())))
        except TimeoutError:
            if time.monotonic() >= deadline:
                print(f"pi-vm: stopped after {args.timeout:g} s", file=sys.stderr)
                status = 124
        write_events()
    time.sleep(0.15)  # what the ending itself did to the lines
    vm.call("T", 0)
    write_events(True)
    for spec in args.fetch:
        path, _, to = spec.partition(":")
        vm.fetch(path, to or ".")
    return status


def serve(vm):
    """Requests as JSON lines on standard input, answers and events on standard output."""
    lock = threading.Lock()

    def say(message):
        with lock:
            sys.stdout.write(json.dumps(message) + "\n")
            sys.stdout.flush()

    def output(program, stream, data):
        say({"output": {"program": program.id, "stream": "stdout" if stream == 1 else "stderr",
                        "data": data.decode(errors="replace")}})

    def how(r):
        return {k: r[k] for k in ("user", "cwd", "env") if k in r}

    def answer(r):
        do = r["do"]
        if do == "spawn":
            p = vm.spawn(r["argv"], stdin=r.get("stdin", False), on_output=output, **how(r))
            return {"program": p.id, "pid": p.pid, "t": p.started}
        if do == "run":
            p = vm.run(r["argv"], timeout=r.get("timeout", 60), **how(r))
            return {"status": p.status, "stdout": p.stdout, "stderr": p.stderr}
        if do == "wait":
            p = vm.programs[r["program"]]
            return {"status": p.wait(r.get("timeout")), "t": p.ended, "stdout": p.stdout, "stderr": p.stderr}
        if do == "signal":
            return vm.programs[r["program"]].signal(signal_number(r["signal"]), r.get("group", False)) or {}
        if do == "stdin":
            return vm.programs[r["program"]].write(r["data"]) or {}
        if do == "close-stdin":
            return vm.programs[r["program"]].close_stdin() or {}
        if do == "level":
            return {"level": vm.level(r["line"], *([r["chip"]] if "chip" in r else []))}
        if do == "replug":
            chips = BOARDS[r["board"]] if "board" in r else r["chips"]
            return vm.replug(chips, r.get("busy", ()), r.get("persist", False)) or {"t": vm.now()}
        if do == "pull":
            return vm.pull(r["line"], r["to"], *([r["chip"]] if "chip" in r else [])) or {}
        if do == "press":
            return vm.press(r["line"], r.get("ms", 100), r.get("active", "down"))
        if do == "link":
            return vm.link(r["up"]) or {}
        if do == "wait-event":
            return {"found": vm.wait_event(r["kind"], r.get("line"), r.get("value"), r.get("chip", 0),
                                           r.get("since", 0.0), r.get("timeout", 30))}
        if do == "edges":
            return {"edges": vm.edges(r["line"], r.get("chip", 0), r.get("kind", "set"), r.get("since", 0.0))}
        if do == "read":
            return {"data": vm.read_file(r["path"]).decode(errors="replace")}
        if do == "write":
            return vm.write_file(r["path"], r["data"], mode=int(r.get("mode", "644"), 8)) or {}
        if do == "fetch":
            return vm.fetch(r["path"], r["to"]) or {}
        if do == "now":
            return {"t": vm.now()}
        raise VmError(f"unknown request {do}")

    def handle(r):
        try:
            say({"id": r.get("id"), "ok": True, **answer(r)})
        except Exception as e:
            say({"id": r.get("id"), "ok": False, "error": f"{type(e).__name__}: {e}"})

    vm.on_event = lambda e: say({"event": e})
    say({"ready": {"boot_seconds": round(vm.boot_seconds, 2), "ready_seconds": round(vm.ready_seconds, 2),
                   "chips": vm.chips, "t": vm.now(), "unix_minus_t": vm.clock_offset}})
    for text in sys.stdin:
        try:
            request = json.loads(text)
        except ValueError as e:
            say({"ok": False, "error": f"no JSON: {e}"})
            continue
        if request.get("do") == "quit":
            break
        threading.Thread(target=handle, args=(request,), daemon=True).start()
    return 0


def parser(prog, what):
    p = argparse.ArgumentParser(prog=prog, description=what, usage=f"{prog} [options] -- command [argument...]\n"
                                f"       {prog} serve [options]\n       {prog} build [options]")
    p.add_argument("--copy", action="append", default=[], metavar="PATH[:GUESTPATH]",
                   help="copy a folder's content (or a file) into the guest, to /app unless said otherwise")
    p.add_argument("--cwd", help="working folder of the command (default: the first --copy's guest folder, else home)")
    p.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    p.add_argument("--user", default="pi", choices=["pi", "nogpio", "root"],
                   help="pi (default): may use /dev/gpiochip*, as on a Pi; nogpio: may not; root")
    p.add_argument("--before", action="append", default=[], metavar="SHELL", help="run this as root in the guest first")
    p.add_argument("--no-net", action="store_true", help="no network card in the guest")
    p.add_argument("--timeout", type=float, default=80, help="seconds for all of it but the build (default 80); then exit status 124")
    p.add_argument("--at", action="append", default=[], metavar="WHEN:ACTION",
                   help="WHEN: seconds after the command's start, or /TEXT/ (a regular expression) for when the "
                   "command has printed that, or /TEXT/+SECONDS. ACTION: pull LINE up|down; press LINE [MS] [up|down]; "
                   "signal NAME; link up|down; stdin TEXT; sh COMMAND (as root)")
    p.add_argument("--events", metavar="FILE", help="write what happens to the lines here, as it happens")
    p.add_argument("--fetch", action="append", default=[], metavar="GUESTPATH:FOLDER", help="copy this out at the end")
    p.add_argument("--console", metavar="FILE", help="keep the guest's kernel messages")
    p.add_argument("--verbose", "-v", action="store_true", help="say how long things took")
    return p


def main(argv, prog, what, extend, make, build_only):
    verb = argv[0] if argv and argv[0] in ("serve", "build", "run") else "run"
    argv = argv[1:] if argv and argv[0] == verb else argv
    command = []
    if "--" in argv:
        at = argv.index("--")
        argv, command = argv[:at], argv[at + 1:]
    p = parser(prog, what)
    extend(p)
    args = p.parse_args(argv)
    args.command = command
    if verb == "run" and not command:
        p.error("no command (put it after --)")
    copies = []
    for spec in args.copy:
        src, _, dst = spec.partition(":")
        dst = dst or ("/app" if os.path.isdir(src) else "/app/" + os.path.basename(src))
        copies.append((src, dst))
    if args.cwd is None and copies:
        args.cwd = copies[0][1] if os.path.isdir(copies[0][0]) else os.path.dirname(copies[0][1])
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    try:
        build_only(args)
        if verb == "build":
            return 0
        began = time.monotonic()
        vm = make(args, dict(copies=copies, net=not args.no_net, log=args.console, user=args.user))
        with vm:
            if args.verbose:
                print(f"pi-vm: agent answered after {vm.boot_seconds:.1f} s, ready after {vm.ready_seconds:.1f} s",
                      file=sys.stderr)
            for remark in vm.remarks:
                print(f"pi-vm: guest: {remark}", file=sys.stderr)
            status = serve(vm) if verb == "serve" else one_shot(vm, args, began)
        if args.verbose:
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
            print(f"pi-vm: all of it took {time.monotonic() - began:.1f} s, QEMU at most {peak} MB", file=sys.stderr)
        return status
    except (VmError, TimeoutError, OSError) as e:
        print(f"pi-vm: {e}", file=sys.stderr)
        return 125
    except KeyboardInterrupt:
        return 130


MACHINES = ("x86_64", "armhf", "pi2")


def sim_options(p):
    p.add_argument("--machine", default="x86_64", choices=MACHINES,
                   help="x86_64 (default); armhf: a 32-bit kernel and Node.js; pi2: a Raspberry Pi 2, whose lines have "
                   "no edges")
    p.add_argument("--userland", default="bookworm", choices=USERLANDS,
                   help="bookworm (default): glibc 2.36, libgpiod 1.6; trixie: glibc 2.41, libgpiod 2.2")
    p.add_argument("--chip", action="append", metavar="LABEL:LINES", help="a GPIO chip (default pinctrl-bcm2835:28)")
    p.add_argument("--board", choices=list(BOARDS), help="the chips of that board instead")
    p.add_argument("--busy", action="append", default=[], type=int, metavar="LINE", help="someone else holds this line")
    p.add_argument("--persist", action="store_true",
                   help="outputs keep their level after release, as under Raspberry Pi OS")
    p.add_argument("--memory", type=int, metavar="MB")
    p.add_argument("--cpus", type=int, default=2)
    p.add_argument("--cpu", default="max", help="QEMU's CPU model (default max)")


def machine_class(name):
    if name == "x86_64":
        return SimVm
    import arm_vm
    return arm_vm.ArmhfVm if name == "armhf" else arm_vm.Pi2Vm


def sim_make(args, common):
    chips = BOARDS[args.board] if args.board else args.chip or ["pinctrl-bcm2835:28"]
    return machine_class(args.machine)(
        userland=args.userland, chips=chips, busy=args.busy, persist=args.persist, cpus=args.cpus, cpu=args.cpu,
        memory=args.memory, **common)


def sim_build(args):
    build(os.path.join(HERE, "build.sh" if args.machine == "x86_64" else "build-armhf.sh"), args.userland)


if __name__ == "__main__":
    # The module of the 32-bit machines imports this one by its name.
    sys.modules["gpio_vm"] = sys.modules["__main__"]
    sys.exit(main(sys.argv[1:], "gpio-vm.sh", "Runs a command in a VM with simulated Raspberry Pi GPIO lines.",
                  sim_options, sim_make, sim_build))
