"""One boot of an emulated Pi with a disk: emulated_pi.py serve --made FOLDER --disk FILE.

`serve` speaks the requests of the virtual machine with GPIO lines (tests/gpio/vm/README.md). An event
of the kind `off` says that the Pi has switched itself off or wants to boot again. When the input ends,
QEMU ends at once, which is a power cut for the Pi: only what it has synchronized is on the disk.
"""
import os
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "gpio", "vm", "lib"))
from gpio_vm import SimVm, main, sim_options  # noqa: E402

CHIP = "pinctrl-bcm2711:58"
MEMORY_MB = 1024


class EmulatedPi(SimVm):
    boot_timeout = 600
    # A line's level is read back this often: an LED that shows a death blinks once a second.
    poll_us, idle_us = 20_000, 200_000

    def __init__(self, made, disk, **rest):
        super().__init__(chips=[CHIP], memory=MEMORY_MB, **rest)
        self.made, self.disk = made, disk

    def base_image(self):
        return os.path.join(self.made, "initramfs.cpio")

    def qemu_command(self, initrd):
        command = super().qemu_command(initrd)
        command[command.index("-append") + 1] += f" systemd.show_status=0 pi.chip={CHIP}"
        return [
            *command,
            "-drive", f"if=none,id=disk,file={self.disk},format=raw,cache=writeback",
            "-device", "virtio-blk-pci,drive=disk",
        ]

    def setup(self):
        threading.Thread(target=self.tell_end, daemon=True).start()

    def tell_end(self):
        self.qemu.wait()
        with self.cond:
            self._event(0.0, None, None, "off", "")


def options(parser):
    sim_options(parser)
    parser.add_argument("--made", required=True, metavar="FOLDER", help="what build.sh has printed")
    parser.add_argument("--disk", required=True, metavar="FILE", help="a copy of its disk.img")


def make(args, common):
    return EmulatedPi(args.made, args.disk, cpus=args.cpus, cpu=args.cpu, **common)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], "emulated_pi.py", "A Pi with a disk in QEMU.", options, make, lambda args: None))
