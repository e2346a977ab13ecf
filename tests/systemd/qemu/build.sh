#!/usr/bin/env bash
# Makes what an emulated Pi boots from: build.sh RELEASE ROOT, where ROOT is the folder of a whole
# Debian of that release, which stays as it is. Prints the folder with `initramfs.cpio` and `disk.img`,
# which nobody may change. Both are made once, in the cache of the virtual machine with GPIO lines,
# whose kernel they use. Only root can make them.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
gpio_vm=$here/../../gpio/vm
. "$gpio_vm/lib/debian.sh"
release=$1 root=$2
cache=$(cache_root)
out=$cache/emulated-pi
plain_path "$out"

# What the disk needs comes first.
modules="virtio_pci virtio_blk virtio_console virtio_net crc32c_generic ext4 configfs autofs4"
case $release in
  bookworm) gpiod=libgpiod2 ;;
  trixie) gpiod=libgpiod3 ;;
  *) die "unknown release $release (bookworm or trixie)" ;;
esac

PIVM_CACHE=$cache bash "$gpio_vm/build.sh" bookworm
kernel=$(cat "$cache/gpio-vm/kernel/version")
sources=$(cat "$here"/{build.sh,init,harness.service} "$gpio_vm/guest/agent.c" | sha256sum | cut -c1-16)
key="$kernel $sources"
mkdir -p "$out"
exec 9> "$out/.lock"
flock 9
if fresh "$out/$release" "$key"; then echo "$out/$release"; exit 0; fi
need mke2fs python3 chroot

work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/made"

say "initramfs with the modules of kernel $kernel"
apt_use bookworm amd64
apt_fetch "$work/kernel" "linux-image-$kernel" ||
  die "this kernel is no longer in the archive: remove $cache/gpio-vm/kernel"
unpack "$work/image" "${DEBS[@]}"
apt_fetch "$work/busybox" busybox-static
unpack "$work/busybox-root" "${DEBS[@]}"
first=$work/first
mkdir -p "$first"/{bin,proc,sys,dev,root,lib}
install -m 755 "$(find "$work/busybox-root" -path '*bin/busybox')" "$first/bin/busybox"
python3 "$gpio_vm/lib/image.py" modules "$work/image" "$first/lib/modules" $modules
cp "$cache/gpio-vm/kernel/modules/gpio-sim.ko" "$first/lib/modules/"
install -m 755 "$here/init" "$first/init"
python3 "$gpio_vm/lib/image.py" cpio "$first" "$work/made/initramfs.cpio"

say "disk with $release"
disk=$work/disk
cp -a "$root" "$disk"
# Raspberry Pi OS has the library for the GPIO header.
apt_use "$release" amd64
apt_fetch "$work/gpiod" "$gpiod"
cp "${DEBS[@]}" "$disk/root/"
chroot "$disk" sh -c 'dpkg --install /root/*.deb && rm /root/*.deb' >&2
install -m 755 "$cache/gpio-vm/agent/pivm-agent" "$disk/usr/sbin/"
install -m 644 "$here/harness.service" "$disk/etc/systemd/system/"
# QEMU's own network always has these addresses.
cat > "$disk/etc/systemd/network/10-card.network" <<'NETWORK'
[Match]
Type=ether
[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
LinkLocalAddressing=no
NETWORK
chroot "$disk" systemctl --quiet enable harness systemd-networkd systemd-networkd-wait-online
chroot "$disk" systemctl --quiet mask getty@tty1 apt-daily.timer apt-daily-upgrade.timer
rm -f "$disk/etc/hosts" "$disk/etc/hostname" "$disk/etc/resolv.conf"
echo '127.0.0.1 localhost' > "$disk/etc/hosts"
echo john-snow > "$disk/etc/hostname"
: > "$disk/etc/resolv.conf"
: > "$disk/etc/machine-id"
echo '/dev/vda / ext4 rw,noatime 0 0' > "$disk/etc/fstab"
# A journal that outlives a power cut.
mkdir -p "$disk/var/log/journal" "$disk/lib/modules/$kernel"
mke2fs -q -t ext4 -L root -d "$disk" -E lazy_itable_init=1 "$work/made/disk.img" 3G >&2

printf '%s' "$key" > "$work/made/.key"
rm -rf "${out:?}/$release"
mv "$work/made" "$out/$release"
echo "$out/$release"
