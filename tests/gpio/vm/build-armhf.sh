#!/usr/bin/env bash
# The same as build.sh for 32-bit guests (armhf): Debian's kernel for ARMv7, the
# gpio-sim module and the guest agent, cross-compiled, and a root file system
# with Node.js.
#
#   build-armhf.sh [bookworm|trixie]...       default: bookworm
#
# Everything goes to gpio-vm-armhf in the cache.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib/debian.sh"
python=${PYTHON:-python3}
cache=$(cache_root)
out=$cache/gpio-vm-armhf
plain_path "$out"
mkdir -p "$out"
kernel_suite=bookworm
cross=arm-linux-gnueabihf-
[ $# -gt 0 ] || set -- bookworm

# For the machine "virt", and for "raspi2b" with its network by USB.
boot_modules="virtio_mmio virtio_console virtio_net dwc2 usbnet cdc_ether rndis_host"
later_modules="configfs"

sum() { cat "$@" | sha256sum | cut -c1-16; }
kernel_key="$kernel_suite $boot_modules $later_modules $(sum "$here/build-armhf.sh" "$here/lib/image.py" "$here/guest/gpio-sim.patch.awk")"
agent_key=$(sum "$here/guest/agent.c")
root_key() { printf '%s %s %s %s' "$1" "$kernel_key" "$agent_key" "$(sum "$here/guest/init" "$here/lib/debian.sh")"; }

all_fresh() {
  local suite
  for suite in "$@"; do fresh "$out/root-$suite" "$(root_key "$suite")" || return 1; done
}
all_fresh "$@" && exit 0

need "$python" apt-get dpkg-deb tar xz awk make "${cross}gcc" "${cross}strip" flock
exec 9> "$out/.lock"
flock 9
all_fresh "$@" && exit 0

work=$(mktemp -d "$out/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

build_kernel() {
  local image version headers kbuild source src tools tree to=$work/kernel
  apt_use "$kernel_suite" armhf
  image=$(apt_depends linux-image-armmp '^linux-image-[0-9]') || die "no kernel in $kernel_suite"
  version=${image#linux-image-}
  source=$(apt_depends linux-source '^linux-source-[0-9]') || die "no kernel source in $kernel_suite"
  kbuild=$(apt_depends "linux-headers-$version" '^linux-kbuild-')
  headers=("linux-headers-$version" "$(apt_depends "linux-headers-$version" '^linux-headers-.*-common')")
  say "kernel $version, headers and source (some 200 MB to download, once)"
  apt_fetch "$work/debs/image" "$image"
  unpack "$work/image" "${DEBS[@]}"
  apt_fetch "$work/debs/headers" "${headers[@]}"
  unpack "$work/headers" "${DEBS[@]}"
  apt_fetch "$work/debs/source" "$source"
  src=$work/source; mkdir -p "$src"
  dpkg-deb --fsys-tarfile "${DEBS[0]}" | tar -x -C "$src" --wildcards -f - './usr/src/linux-source-*.tar.*'
  tar -x -C "$src" --strip-components=1 --wildcards -f "$src"/usr/src/linux-source-*.tar.* \
    '*/drivers/gpio/gpio-sim.c' '*/drivers/gpio/gpiolib.h' '*/kernel/irq/irq_sim.c'
  rm -rf "$work/debs/source" "${src:?}/usr"
  # The tools that compile a module run on this machine.
  apt_use "$kernel_suite" amd64
  apt_fetch "$work/debs/kbuild" "$kbuild" libelf1 zlib1g
  unpack "$work/headers" "${DEBS[@]}"
  # By itself it would take the module for one of this machine.
  for tools in "$work"/headers/usr/lib/linux-kbuild-*/scripts/mod; do
    cp "$tools/modpost.real-lsb-32" "$tools/modpost"
  done

  say "gpio-sim module for $version"
  mkdir "$work/mod"
  awk -f "$here/guest/gpio-sim.patch.awk" "$src/drivers/gpio/gpio-sim.c" > "$work/mod/gpio-sim-core.c" ||
    die "gpio-sim.c of this kernel is not as expected"
  cp "$src/drivers/gpio/gpiolib.h" "$work/mod/"
  # The tools of a 64-bit machine read that table wrongly, and nobody loads this module by it.
  sed -i '/^MODULE_DEVICE_TABLE/d' "$work/mod/gpio-sim-core.c"
  sed 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' "$src/kernel/irq/irq_sim.c" > "$work/mod/irq_sim.c"
  printf 'obj-m := gpio-sim.o\ngpio-sim-y := gpio-sim-core.o irq_sim.o\n' > "$work/mod/Kbuild"
  tree=$work/headers/usr/src/linux-headers-$version
  # The packages name each other by absolute path; they lie here instead.
  sed -i "s#/usr/src/#$work/headers/usr/src/#" "$tree/Makefile"
  if ! LD_LIBRARY_PATH=$work/headers/usr/lib/x86_64-linux-gnu:$work/headers/lib/x86_64-linux-gnu \
    make -s -C "$tree" M="$work/mod" ARCH=arm CROSS_COMPILE="$cross" CC="${cross}gcc" modules > "$work/mod.log" 2>&1; then
    cat "$work/mod.log" >&2
    die "the gpio-sim module did not build"
  fi
  "${cross}strip" --strip-debug "$work/mod/gpio-sim.ko"

  mkdir "$to"
  cp "$work/image/boot/vmlinuz-$version" "$to/vmlinuz"
  cp "$work/image/usr/lib/linux-image-$version/bcm2836-rpi-2-b.dtb" "$to/"
  "$python" "$here/lib/image.py" modules "$work/image" "$to/modules" $boot_modules
  "$python" "$here/lib/image.py" modules "$work/image" "$to/later" $later_modules
  mv "$to/later/boot.list" "$to/modules/gpio-sim.list"
  mv -n "$to"/later/*.ko "$to/modules/" 2> /dev/null || true; rm -rf "$to/later"
  cp "$work/mod/gpio-sim.ko" "$to/modules/"
  echo gpio-sim.ko >> "$to/modules/gpio-sim.list"
  printf '%s\n' "$version" > "$to/version"
  printf '%s' "$kernel_key" > "$to/.key"
  rm -rf "$out/kernel"; mv "$to" "$out/kernel"
  rm -rf "$work"/{image,headers,source,mod,debs}
}

build_agent() {
  mkdir "$work/agent"
  "${cross}gcc" -O2 -Wall -static -s -o "$work/agent/pivm-agent" "$here/guest/agent.c" ||
    die "the guest agent did not build (is libc6-dev-armhf-cross there?)"
  printf '%s' "$agent_key" > "$work/agent/.key"
  rm -rf "$out/agent"; mv "$work/agent" "$out/agent"
}

build_root() {
  local suite=$1 packages root=$work/root-$1 to=$work/out-$1
  case $suite in
    bookworm) packages="libgpiod2" ;;
    trixie) packages="libgpiod3" ;;
    *) die "unknown userland $suite (bookworm or trixie)" ;;
  esac
  say "32-bit userland of $suite, with Node.js"
  apt_use "$suite" armhf
  apt_fetch_closure "$work/debs-$suite" libc6 libgcc-s1 busybox-static gpiod "$packages" nodejs
  rootfs "$root" "$suite" "${DEBS[@]}"
  rm -rf "$root/usr/include"
  mkdir -p "$root/usr/lib/modules" "$to"
  cp "$out"/kernel/modules/* "$root/usr/lib/modules/"
  cp "$out/agent/pivm-agent" "$root/usr/sbin/"
  cp "$here/guest/init" "$root/init"; chmod 755 "$root/init"
  "$python" "$here/lib/image.py" cpio "$root" "$to/initramfs.cpio"
  for deb in "${DEBS[@]}"; do dpkg-deb -W --showformat='${Package} ${Version}\n' "$deb"; done > "$to/packages"
  root_key "$suite" > "$to/.key"
  rm -rf "$out/root-$suite"; mv "$to" "$out/root-$suite"
}

fresh "$out/kernel" "$kernel_key" || build_kernel
fresh "$out/agent" "$agent_key" || build_agent
for suite in "$@"; do fresh "$out/root-$suite" "$(root_key "$suite")" || build_root "$suite"; done
say "ready in $out ($(du -sh "$out" | cut -f1))"
