"""32-bit guests: a machine with gpio-sim's lines, and a Raspberry Pi 2."""
import os
import re

from gpio_vm import HERE, SimVm, build, cache


def kernel(name):
    return os.path.join(cache(), "gpio-vm-armhf", "kernel", name)


class ArmhfVm(SimVm):
    """QEMU's "virt" with a 32-bit kernel, whose chips gpio-sim makes, and which has edges."""

    boot_timeout = 240
    poll_us = 10000

    def base_image(self):
        build(os.path.join(HERE, "build-armhf.sh"), self.userland)
        return os.path.join(cache(), "gpio-vm-armhf", f"root-{self.userland}", "initramfs.cpio")

    def memory_mb(self):
        # Node.js is a part of the base.
        return self.memory or 1536

    def machine(self):
        command = ["-machine", "virt,highmem=off", "-cpu", "cortex-a15", "-smp", str(self.cpus),
                   "-m", str(self.memory_mb()), "-serial", "chardev:console",
                   "-device", "virtio-serial-device", "-device", "virtserialport,chardev=ctl,name=pivm.ctl"]
        if self.net:
            command += ["-netdev", "user,id=net0,ipv6=off", "-device", "virtio-net-device,id=nic0,netdev=net0"]
        # Its own chip would be the first one.
        return command, "console=ttyAMA0 initcall_blacklist=pl061_gpio_driver_init"

    def qemu_command(self, initrd):
        machine, arguments = self.machine()
        return [
            os.environ.get("PIVM_QEMU_ARM", "qemu-system-arm"), "-accel", "tcg", *machine,
            "-kernel", kernel("vmlinuz"), "-initrd", initrd,
            "-append", f"{arguments} quiet panic=-1 random.trust_bootloader=on " +
            os.environ.get("PIVM_KERNEL_ARGS", ""),
        ]


class Pi2Vm(ArmhfVm):
    """QEMU's Raspberry Pi 2 with the kernel's driver for its own chip. Its lines have no edges."""

    # Registers of the BCM2836's GPIO: the levels of lines 0 to 31.
    LEVELS = 0x3F200034
    poll_us = 200000

    def machine(self):
        command = ["-machine", "raspi2b", "-dtb", kernel("bcm2836-rpi-2-b.dtb"),
                   # The first UART is the agent's; the kernel's messages go to the second.
                   "-serial", "chardev:ctl", "-serial", "chardev:console"]
        if self.net:
            command += ["-netdev", "user,id=net0,ipv6=off", "-device", "usb-net,id=nic0,netdev=net0"]
        return command, "console=ttyS1,115200 pivm.ctl=/dev/ttyAMA0"

    def setup(self):
        self.chip_spec = [("pinctrl-bcm2835", 54)]
        super().setup()

    def plug(self):
        self._set_up(["set -e", "chgrp gpio /dev/gpiochip*; chmod 660 /dev/gpiochip*"])

    def level(self, line, chip=0):
        """Reads the register that the level of a real pin would be in."""
        answer = self.monitor("human-monitor-command", **{"command-line": f"xp /1xw {self.LEVELS:#x}"})
        (word,) = re.findall(r": (0x[0-9a-f]+)", answer)
        return int(word, 16) >> line & 1
