/** The join script without the values of one run. */

const HEAD = String.raw`#!/bin/sh
# Makes this machine a Pi of the cluster: installs agent and tracker for it from the hub, writes
# /etc/rpi-cluster-alert/config.ini, starts the services, and waits until the hub hears this Pi.
# Run with a new line of the hub it upgrades.
#
#   sh join.sh [--agent-only | --tracker-only | --uninstall]
#
# All commands are in functions that the last lines call: a script that arrived in part does nothing.

`;

const FUNCTIONS = String.raw`
FOLDER=/etc/rpi-cluster-alert
CONFIG=$FOLDER/config.ini
UPDATE_CONFIG=$FOLDER/update.conf

say() { printf '%s\n' "$*"; }

# curl reads address and key from its standard input, because everybody may read its arguments.
# The pinned key proves that the hub answers; its certificate need not be known to this machine.
fetch() {
  path=$1
  shift
  {
    printf 'url = "%s/join/%s/%s"\n' "$HUB" "$TOKEN" "$path"
    printf 'header = "Authorization: Bearer %s"\n' "$KEY"
    if [ -n "$PIN" ]; then printf 'insecure\npinnedpubkey = "%s"\n' "$PIN"; fi
  } | curl -fsS --connect-timeout 15 --max-time 1200 --retry 3 --config - "$@"
}

post() { fetch "$1" --header 'Content-Type: application/json' --data "$2"; }

# fail CODE TEXT: tells the person here, and the one at the hub's page.
fail() {
  printf 'join: %s\n' "$2" >&2
  post progress "{\"failure\":\"$1\"}" >/dev/null 2>&1
  exit 1
}

check() {
  [ "$(id -u)" = 0 ] || fail no_root 'root is needed: run the line again, with sudo before sh'
  for program in dpkg apt-get systemctl; do
    command -v "$program" >/dev/null ||
      fail system "this system has no $program: it must be Debian, Raspberry Pi OS or Ubuntu with systemd"
  done
  # A 32-bit system can have a 64-bit kernel, which uname would tell.
  arch=$(dpkg --print-architecture)
}

is_installed() { dpkg -s "rpi-cluster-alert-$1" 2>/dev/null | grep -q '^Status: .* installed$'; }

# The line of a package of the hub for this system.
offer() { printf '%s\n' "$PACKAGES" | grep "  rpi-cluster-alert-$1_[^_]*_\($arch\|all\)\.deb\$"; }

is_to_be_had() { offer "$1" >/dev/null || is_installed "$1"; }

# Whether this system has Node.js 18 or newer, or can get it. One that was built for another processor
# does not run.
has_node() {
  version=$(LC_ALL=C apt-cache policy nodejs 2>/dev/null |
    sed -n 's/^ *Candidate: \([0-9]:\)*\([0-9]\)/\2/p')
  [ -n "$version" ] && dpkg --compare-versions "$version" ge 18 || return 1
  ! command -v node >/dev/null || node -e 0 >/dev/null 2>&1
}

# The programs for this system: an executable, or on 32-bit ARM what its Node.js runs; else the agent
# in shell, which runs everywhere.
choose() {
  if is_to_be_had common && { [ "$arch" != armhf ] || has_node; }; then return; fi
  case $arch in
    armhf) why="this system is a 32-bit one ($arch) without Node.js 18 or newer" ;;
    armel | i386) why="this system is a 32-bit one ($arch)" ;;
    amd64 | arm64) return ;;
    *) is_to_be_had agent-sh && why="this system is for another processor ($arch)" || return ;;
  esac
  choose_shell
}

choose_shell() {
  is_to_be_had agent-sh || fail architecture "$why, and the hub has no rpi-cluster-alert-agent-sh: \
put its packages into the folder [hub] packages of the hub, or install a 64-bit Raspberry Pi OS"
  [ "$units" != tracker ] || fail architecture "$why, and the tracker needs more than a shell: \
install a 64-bit Raspberry Pi OS"
  say "$why: it gets the agent in shell, and no tracker"
  parts=agent-sh
  units=agent
}

# Without a package of the hub, one that is installed already will do.
download() {
  sum=$(offer "$1")
  if [ -z "$sum" ]; then
    is_installed "$1" || fail no_package "the hub has no rpi-cluster-alert-$1 for $arch: put its \
packages into the folder [hub] packages of the hub, or install them here, and run the line again"
    return
  fi
  file=$(printf '%s' "$sum" | cut -c 67-)
  say "fetching $file"
  fetch "$file" --output "$work/$file" || fail download "cannot fetch $file from $HUB"
  (cd "$work" && printf '%s\n' "$sum" | sha256sum -c - >/dev/null) ||
    fail checksum "$file arrived with another content than the hub has: nothing was installed"
}

install_packages() {
  for part in $parts; do download "$part"; done
  set -- "$work"/*.deb
  [ -e "$1" ] || return 0
  say 'installing'
  ! DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o APT::Sandbox::User=root -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 \
    "$@" >"$work/apt.log" 2>&1 || return 0
  tail -n 20 "$work/apt.log" >&2
  if [ "$arch" != armhf ] || [ "$parts" = agent-sh ]; then
    fail install 'apt could not install the packages: its last lines are above'
  fi
  # Node.js comes from the distribution, which may be out of reach.
  why='apt could not install Node.js'
  choose_shell
  rm -f "$@"
  install_packages
}

# merge NEW OLD: the keys of NEW, and what else OLD says, such as [rpi] led.
merge() {
  awk '
    function section(line) { gsub(/^[ \t]*\[|\][ \t\r]*$/, "", line); return tolower(line) }
    function key(line) { sub(/=.*/, "", line); gsub(/[ \t]/, "", line); return tolower(line) }
    FNR == 1 { at = "" }
    /^[ \t]*\[/ {
      at = section($0)
      if (FNR != NR) { print; printf "%s", fresh[at]; delete fresh[at] }
      next
    }
    FNR == NR && /^[ \t]*[^;# \t]/ { fresh[at] = fresh[at] $0 "\n"; ours[at, key($0)] = 1 }
    FNR == NR { next }
    /^[ \t]*[;#]/ || !/=/ { print; next }
    (at, key($0)) in ours { next }
    at == "mqtt" && key($0) ~ /^(url|host|port|username|password(_file)?|ca(_file)?|topic_root)$/ { next }
    { print }
    END { for (at in fresh) if (fresh[at] != "") printf "\n[%s]\n%s", at, fresh[at] }
  ' "$1" "$2"
}

# A name such as hub.local is not known on every network. The host of this line is: it has answered.
reach_broker() {
  host=$(sed -n 's|^url = mqtts*://\([A-Za-z0-9.-]*\):[0-9]*$|\1|p' "$1")
  if [ -n "$host" ] && ! getent hosts "$host" >/dev/null; then
    sed -i "s|^\(url = mqtts*://\)$host:|\1$HOST:|" "$1"
  fi
}

# A farewell first: the old credential ends, and nobody must be alarmed by that.
configure() {
  for unit in $units; do systemctl stop "$unit" 2>/dev/null; done
  post config '{}' >"$work/new.ini" || {
    for unit in $units; do systemctl start "$unit" 2>/dev/null; done
    fail configuration "cannot fetch the configuration from $HUB"
  }
  reach_broker "$work/new.ini"
  old=/dev/null
  if [ -f "$CONFIG" ]; then
    cp -p "$CONFIG" "$CONFIG.before-join" && old=$CONFIG
  fi
  if ! { install -d -m 755 "$FOLDER" && merge "$work/new.ini" "$old" >"$CONFIG.new" &&
    chgrp rpi-cluster-node "$CONFIG.new" && chmod 640 "$CONFIG.new" && mv "$CONFIG.new" "$CONFIG"; }
  then
    fail configuration "cannot write $CONFIG"
  fi
}

# What root's updater trusts from now on. Without the file it does nothing.
choose_updates() {
  case $UPDATES in
    yes)
      if ! is_installed agent || ! systemctl cat rpi-cluster-update.path >/dev/null 2>&1; then
        say 'this Pi takes no upgrades from the hub yet: that needs an agent of a version that can'
        return
      fi
      if ! { printf '# The hub from which this Pi takes upgrades. Without this file it takes none.\n' &&
        printf 'hub=%s\nkey=%s\npin=%s\n' "$HUB" "$UPDATE_KEY" "$UPDATE_PIN"; } \
        >"$UPDATE_CONFIG.new" || ! chmod 644 "$UPDATE_CONFIG.new" ||
        ! mv "$UPDATE_CONFIG.new" "$UPDATE_CONFIG" ||
        ! systemctl enable -q --now rpi-cluster-update.path
      then
        fail configuration 'cannot let this Pi take upgrades from the hub'
      fi
      say "$NAME takes upgrades from this hub" ;;
    no)
      rm -f "$UPDATE_CONFIG"
      systemctl disable -q --now rpi-cluster-update.path 2>/dev/null ;;
  esac
}

start() {
  for unit in $units; do
    if ! { systemctl enable -q "$unit" && systemctl restart "$unit"; }; then
      fail start "the $unit does not start: journalctl -u $unit -e says why"
    fi
  done
  # The other one of the two, if it is here, has the same credential.
  case $units in
    agent) systemctl try-restart tracker ;;
    tracker) systemctl try-restart agent ;;
  esac 2>/dev/null
}

wait_for_hub() {
  say "waiting until the hub hears $NAME"
  seconds=0
  while [ "$seconds" -lt 120 ]; do
    case $(post progress "{\"step\":\"started\",\"units\":\"$units\"}") in
      *'"up":true'*) return ;;
    esac
    sleep 1
    seconds=$((seconds + 1))
  done
  fail no_heartbeat "the hub does not hear $NAME: journalctl -u agent -e says why"
}

join() {
  if [ "$UPDATES" = yes ] && ! command -v openssl >/dev/null; then
    fail system 'upgrades from the hub need openssl: apt install openssl, and run the line again'
  fi
  install_packages
  post progress '{"step":"installed"}' >/dev/null
  configure
  choose_updates
  start
  wait_for_hub
  say "$NAME is up"
}

# The credential ends at the hub, and the packages take their files with them.
uninstall() {
  id=$(sed -n 's/^[[:space:]]*[uU][sS][eE][rR][nN][aA][mM][eE][[:space:]]*=[[:space:]]*//p' \
    "$CONFIG" 2>/dev/null | head -n 1)
  if [ -n "$id" ] && [ "$id" != "$NODE" ]; then
    fail other_id "this Pi is $id, and the line is for $NODE"
  fi
  set --
  for part in tracker agent agent-sh; do
    ! dpkg -s "rpi-cluster-alert-$part" >/dev/null 2>&1 || set -- "$@" "rpi-cluster-alert-$part"
  done
  is_installed hub || ! dpkg -s rpi-cluster-alert-common >/dev/null 2>&1 ||
    set -- "$@" rpi-cluster-alert-common
  if [ "$#" -gt 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get purge -y -q -o DPkg::Lock::Timeout=300 "$@" \
      >"$work/apt.log" 2>&1 || {
      tail -n 20 "$work/apt.log" >&2
      fail install 'apt could not remove the packages: its last lines are above'
    }
  fi
  rm -f "$CONFIG" "$CONFIG.before-join" "$UPDATE_CONFIG"
  rmdir "$FOLDER" 2>/dev/null
  post leave '{}' >/dev/null || fail configuration "cannot end the credential of $NODE: revoke it on the hub"
  say "$NAME has left the cluster"
}

main() {
  parts='common agent tracker'
  units='agent tracker'
  leaves=no
  for option in "$@"; do
    case $option in
      --agent-only) parts='common agent' units=agent ;;
      --tracker-only) parts='common tracker' units=tracker ;;
      --uninstall) leaves=yes ;;
      *) fail system "expected --agent-only, --tracker-only or --uninstall, found $option" ;;
    esac
  done
  umask 077
  check
  work=$(mktemp -d) || fail system 'cannot make a temporary folder'
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  if [ "$leaves" = yes ]; then
    uninstall
  else
    choose
    join
  fi
}

{
  main "$@" </dev/null
  exit
}
`;

/** Returns the whole script; `values` are lines that set its variables. */
export function scriptBody(values: string): string {
  return `${HEAD}${values}\n${FUNCTIONS}`;
}
