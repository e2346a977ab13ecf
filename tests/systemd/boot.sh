#!/bin/bash
# Becomes systemd on a machine of its own: boot.sh ROOT NAME [PROGRAMS], in namespaces of its own for
# mounts, processes, cgroups, host name and IPC.
#
# ROOT is a whole system. With PROGRAMS it has only the machine's own /etc and /var; /usr is this
# machine's, read-only, but for the executables of PROGRAMS in /usr/local/bin. The host's kernel is
# left alone: /sys and /proc/sys cannot be written.
set -e
root=$1 name=$2 programs=${3:-}
hostname "$name"
mount --bind "$root" "$root"
mkdir -p "$root"/{usr,proc,sys,dev,run,tmp,root,mnt/old}
if [ -n "$programs" ]; then
  for folder in bin sbin lib lib64; do ln -sfn "usr/$folder" "$root/$folder"; done
  mount --bind /usr "$root/usr"
  mount -o remount,bind,ro "$root/usr"
  mount -t tmpfs -o mode=755 tmpfs "$root/usr/local/bin"
  for program in "$programs"/*; do
    into=$root/usr/local/bin/$(basename "$program")
    touch "$into"
    mount --bind "$(readlink -f "$program")" "$into"
  done
fi
# A stand-in may call the real one.
if [ -e "$root/systemctl" ]; then
  touch "$root/usr/local/bin/real-systemctl"
  mount --bind /usr/bin/systemctl "$root/usr/local/bin/real-systemctl"
  mount --bind "$root/systemctl" "$root/usr/bin/systemctl"
fi
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for number in 0 1 2; do ln -s "fd/$number" "$root/dev/$(echo stdin stdout stderr | cut -d' ' -f$((number + 1)))"; done
cd "$root"
pivot_root . mnt/old
umount -l /mnt/old
# As where systemd is not in a container: the credentials of a service reach it by a mount that spreads.
mount --make-rshared /
exec env -i container=namespaces PATH=/usr/local/bin:/usr/sbin:/usr/bin /usr/lib/systemd/systemd
