#!/bin/sh
# The agent of RPi Cluster Alert for machines without Deno and Node.js: a POSIX shell and mosquitto_pub (of
# mosquitto-clients, 1.4.15 or newer). Exit codes: 0 asked to stop, 1 failure, 2 usage, 78 bad configuration.
#
#   agent.sh [--config CONFIG] [--check-config | --version]
#
# One mosquitto_pub has the connection with the last will and publishes each line of a FIFO as a heartbeat, some of
# them with name and vitals. Births and the farewell have connections of their own. A birth is repeated, because
# mosquitto_pub 2 connects anew by itself, and the broker then keeps the will of the connection before.
set -u
umask 077
export LC_ALL=C
VERSION=0.1.0 REPEAT_MS=30000 READ_MS=5000 RECONNECT_MS=5000
CONFIG=/etc/rpi-cluster-alert/agent.ini
[ -e "$CONFIG" ] || CONFIG=/etc/rpi-cluster-alert/config.ini
case ${1:-} in -c | --config) CONFIG=${2:?a path is missing} && shift 2 ;; esac
case ${1:-} in
  '' | --check-config) ;;
  --version) echo "agent $VERSION-sh" && exit ;;
  *) sed -n '2,5s/^# *//p' "$0" >&2 && exit 2 ;;
esac
log() { printf '%s\n' "${JOURNAL_STREAM:+<$1>}$2" >&2; }
bad() { log 3 "$CONFIG: $1: expected $2, found \"$3\"" && exit 78; }

# shellcheck source=packaging/shell/settings.sh
. "${0%/*}/settings.sh"
# shellcheck source=packaging/shell/machine.sh
. "${0%/*}/machine.sh"
[ -z "${1:-}" ] || exit 0

DIR=$(mktemp -d "${RUNTIME_DIRECTORY:-${TMPDIR:-/tmp}}/agent.XXXXXX") && mkdir "$DIR/say" "$DIR/stay" || exit 1
mkfifo "$DIR/beats" "$DIR/never" && exec 9<> "$DIR/never" && read -r SESSION < /proc/sys/kernel/random/uuid || exit 1
SAYING='' WAITING='' PUB='' SAID='' WHY='' LOGGED='' TOLD='' SEQ=0
CA_FILE=$(setting mqtt.ca_file /etc/ssl/certs/ca-certificates.crt) CA=$(setting mqtt.ca '' | fold -w 64)
if [ -n "$CA" ]; then
  CA_FILE=$DIR/ca.pem
  printf -- '-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n' "$CA" > "$CA_FILE"
fi
# Whoever knows a client id can end its connection.
client() { tr -d - < /proc/sys/kernel/random/uuid | cut -c1-18; }
SAY_ID=agent$(client) STAY_ID=agent$(client)
# options URL CLIENT_ID: a file of options, because everybody can read the arguments of a program.
options() {
  HOST=${1#*://} && HOST=${HOST%%/*} && PORT=1883 && case $1 in mqtts:*) PORT=8883 ;; esac
  case $HOST in *\]) ;; *:*) PORT=${HOST##*:} HOST=${HOST%:*} ;; esac
  HOST=${HOST#\[} HOST=${HOST%\]}
  printf -- '-h %s\n-p %s\n-i %s\n-k 10\n-V mqttv311\n' "$HOST" "$PORT" "$2"
  case $1 in mqtts:*) echo "--cafile $CA_FILE" ;; esac
  [ -z "$USERNAME" ] || printf -- '-u %s\n-P %s\n' "$USERNAME" "$PASSWORD"
}
LIMIT='' && if timeout 1 true 2> /dev/null; then LIMIT='timeout 4'; fi
say() {
  XDG_CONFIG_HOME=$DIR/say $LIMIT mosquitto_pub -t "$NODE/status" -m "$1" -r -q 1 > "$DIR/why" 2>&1 &
  SAYING=$!
}
# Whether it was said; WHY not.
said() {
  wait "$SAYING"
  code=$? SAYING='' WHY=$(tr '\n' ' ' < "$DIR/why")
  [ "$code$WHY" = 0 ] || { WHY=${WHY:-no answer} && false; }
}
birth() {
  say "{\"kind\":\"birth\",\"session\":\"$SESSION\",\"name\":\"$NAME\",\"every_ms\":${BEAT}000,\"reconnect_ms\":\
$RECONNECT_MS,\"version\":\"$VERSION-sh\",\"uptime_s\":$((NOW / 1000))$FACTS}"
}

# systemd's list of jobs says why; the other agent reads it in the same way.
reason() {
  # shellcheck disable=SC2046
  set -- "$1" $(${LIMIT:+timeout 1} systemctl list-jobs --no-legend --no-pager --plain --full 2> /dev/null)
  case "$* " in
    INT*) echo stop ;;
    *" reboot.target start "* | *" soft-reboot.target start "* | *" kexec.target start "*) echo reboot ;;
    *" poweroff.target start "* | *" halt.target start "*) echo poweroff ;;
    *" agent.service restart "*) echo restart ;;
    *" agent.service stop "*) echo stop ;;
    *) echo unknown ;;
  esac
}
# At the end of its lines mosquitto_pub disconnects, and no will is told.
hang_up() {
  [ -n "$PUB" ] || return
  exec 3>&-
  (sleep 1 && kill "$PUB") > /dev/null 2>&1 &
  wait "$PUB"
  kill $!
  PUB=''
} 2> /dev/null
hush() { for process in $WAITING $SAYING; do kill "$process" && wait "$process"; done; SAYING=''; } 2> /dev/null
leave() {
  trap : TERM INT
  hush
  if [ -n "$SAID" ]; then
    why=$(reason "$1") && say "{\"kind\":\"farewell\",\"session\":\"$SESSION\",\"reason\":\"$why\"}"
    if said; then log 6 "sent the farewell reason=$why"; else log 4 "could not send the farewell: $WHY"; fi
  fi
  hang_up
  rm -rf "$DIR" && exit 0
}
trap 'leave TERM' TERM && trap 'leave INT' INT && trap '' PIPE
# bash and busybox wait by themselves. In dash a process does, and a `wait` for it ends at a signal.
# shellcheck disable=SC3045
if [ -z "$( (read -r -t 0.01 _ <&9) 2>&1)" ]; then pause() { read -r -t "$1" _ <&9; }
else pause() { sleep "$1" & WAITING=$! && wait "$WAITING"; WAITING=''; }; fi

# Heartbeats until the connection ends. They are timed from the first one, and none is sent late.
beat() {
  NEXT=$NOW BORN=$NOW TELL=0 READ=0
  while :; do
    more='' full=disk
    if [ "$NOW" -lt "$TELL" ]; then full=''; fi
    if [ "$NOW" -ge "$READ" ] || [ -n "$full" ]; then vitals "$full" && READ=$((NOW + READ_MS)); fi
    if [ -n "$full" ] || [ "$LEVELS" != "$TOLD" ]; then
      more=",\"name\":\"$NAME\",\"vitals\":{$VITALS}" TOLD=$LEVELS TELL=$((NOW + REPEAT_MS))
    fi
    printf '{"session":"%s","seq":%d,"every_ms":%d000,"up_ms":%d%s}\n' \
      "$SESSION" "$SEQ" "$BEAT" $((NOW - BEGAN)) "$more" >&3 2> /dev/null || return
    SEQ=$((SEQ + 1)) NEXT=$((NEXT + BEAT * 1000))
    if [ "$NOW" -ge $((BORN + REPEAT_MS)) ]; then
      [ -z "$SAYING" ] || said || return
      birth && BORN=$NOW
    fi
    now && left=$((NEXT - NOW))
    if [ "$left" -le 0 ]; then NEXT=$NOW && continue; fi
    part=$((1000 + left % 1000)) && pause "$((left / 1000)).${part#1}"
    now
  done
}

log 6 "started node=$ID heartbeat_ms=${BEAT}000"
now && BEGAN=$NOW WILL="{\"kind\":\"last_will\",\"session\":\"$SESSION\"}"
# shellcheck disable=SC2086
set -f && set -- $URLS && set +f
while :; do
  FACTS=$(facts) && now && SAID=yes
  options "$1" "$SAY_ID" > "$DIR/say/mosquitto_pub" && options "$1" "$STAY_ID" > "$DIR/stay/mosquitto_pub"
  birth
  if said; then
    log 6 "connected to $HOST:$PORT"
    XDG_CONFIG_HOME=$DIR/stay mosquitto_pub -t "$NODE/heartbeat" -l --will-topic "$NODE/status" --will-retain \
      --will-qos 1 --will-payload "$WILL" < "$DIR/beats" > "$DIR/end" 2>&1 &
    PUB=$! LOGGED='' && exec 3> "$DIR/beats" && now && beat
    hush
    hang_up
    log 4 "the connection to $HOST:$PORT has ended: $WHY$(tr '\n' ' ' < "$DIR/end")"
  else
    [ "$WHY" = "$LOGGED" ] || log 4 "cannot connect to $HOST:$PORT: $WHY"
    SAID='' LOGGED=$WHY && set -- "$@" "$1" && shift && pause 1
  fi
done
