#!/bin/bash
# Becomes a command of a Debian for 32-bit ARM: run.sh QEMU ROOT FOLDER... -- COMMAND [ARGUMENT...]
#
# Each FOLDER has the same path inside. Network and processes are those of this machine. The emulator
# is registered in a user namespace of its own (Linux 6.7 and later), so that nothing is changed for
# other programs.
set -eu
qemu=$1 root=$2
shift 2
folders=()
while [ "$1" != -- ]; do
  folders+=("$1")
  shift
done
shift
export QEMU=$qemu ROOT=$root FOLDERS="${folders[*]}"
# The magic of an ELF file for 32-bit ARM. F: the emulator is opened now, so that it works in the root.
export HANDLER=':arm:M::\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x28\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:'
exec unshare --user --map-root-user --mount bash -euc '
  mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
  printf "%s%s:F" "$HANDLER" "$QEMU" > /proc/sys/fs/binfmt_misc/register
  mount --bind "$ROOT" "$ROOT"
  for folder in dev proc sys; do mount --rbind "/$folder" "$ROOT/$folder"; done
  # With what is mounted in it: a user namespace may not show a folder without.
  for folder in $FOLDERS; do
    mkdir -p "$ROOT$folder"
    mount --rbind "$folder" "$ROOT$folder"
  done
  exec setpriv --pdeathsig KILL chroot "$ROOT" /usr/bin/env -i \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin ${QEMU_CPU:+QEMU_CPU="$QEMU_CPU"} "$@"
' bash "$@"
