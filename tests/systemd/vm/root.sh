#!/bin/bash
# Makes the root of a Debian machine that may be written to, and holds it until it is killed:
# root.sh LOWER DISK NAME HOSTS UNIT..., in a mount namespace of its own.
#
# LOWER is a whole system, which stays as it is: what the machine writes goes to a tmpfs on DISK. The
# root is DISK/root. HOSTS are further lines for /etc/hosts. The units are masked.
set -e
lower=$1 disk=$2 name=$3 hosts=$4
shift 4
mount -t tmpfs -o mode=755 tmpfs "$disk"
mkdir "$disk"/{upper,work,root}
mount -t overlay -o "lowerdir=$lower,upperdir=$disk/upper,workdir=$disk/work" overlay "$disk/root"
cd "$disk/root"

# Nothing that was installed for other purposes starts, and nothing keeps services from starting.
rm -rf etc/systemd/system
mkdir -p etc/systemd/system var/log/journal
for unit in "$@"; do ln -s /dev/null "etc/systemd/system/$unit"; done
ln -s /usr/lib/systemd/system/multi-user.target etc/systemd/system/default.target
rm -f usr/sbin/policy-rc.d
# There is no way to any mirror.
rm -rf var/lib/apt/lists
mkdir -p var/lib/apt/lists/partial var/cache/apt/archives/partial
rm -rf etc/rpi-cluster-alert var/lib/rpi-cluster-alert var/lib/rpi-cluster-agent
tr -d - < /proc/sys/kernel/random/uuid > etc/machine-id
rm -f etc/hosts etc/hostname etc/resolv.conf etc/fstab
printf '127.0.0.1 localhost\n127.0.1.1 %s\n%s\n' "$name" "$hosts" > etc/hosts
echo "$name" > etc/hostname
: > etc/resolv.conf
: > etc/fstab
if [ ! -x usr/bin/sudo ]; then
  printf '#!/bin/sh\nexec "$@"\n' > usr/local/bin/sudo
  chmod 755 usr/local/bin/sudo
fi
echo ready
exec sleep infinity
