# What a shell can read of its machine: facts for the birth, and vitals. agent.sh reads this file.
# shellcheck shell=sh

VOLTAGE=/sys/devices/platform/soc/soc:firmware/get_throttled
for device in /sys/class/hwmon/hwmon*; do
  if read -r name < "$device/name" && [ "$name" = rpi_volt ]; then VOLTAGE=$device/in0_lcrit_alarm; fi
done 2> /dev/null

# Milliseconds since boot, without a process.
now() { read -r up _ < /proc/uptime && part=${up#*.} && NOW=$((${up%.*} * 1000 + ${part#0} * 10)); }

# What JSON would have to escape is left out.
text() { tr '\000\n' '  ' < "$1" | tr -cd '\040-\176' | sed 's/ *$//; s/[\\"]//g' | cut -c1-128; } 2> /dev/null
fact() { [ -z "$2" ] || printf ',"%s":"%s"' "$1" "$2"; }
facts() {
  fact model "$MODEL"
  serial=$(text /proc/device-tree/serial-number) && case $serial in *[!0]*) fact serial "$serial" ;; esac
  fact os "$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release | tr -cd '\040-\133\135-\176')"
  fact kernel "$(uname -r)"
  fact architecture "$(uname -m)"
  fact hostname "$(uname -n)"
  fact boot_id "$(text /proc/sys/kernel/random/boot_id)"
  # Of its networks, and not of its own containers; IPv4 first.
  ip -o addr | awk '
    $3 !~ /^inet/ || $2 ~ /^(docker|br-[0-9a-f]|veth|virbr|lxc|podman|cni|flannel|cali)/ { next }
    { sub(/\/.*/, "", $4) }
    $4 !~ /^(127\.|169\.254\.|0\.|::1?$|fe[89ab][0-9a-f]:)/ && n++ < 8 { all[$3] = all[$3] ",\"" $4 "\"" }
    END { print ",\"addresses\":[" substr(all["inet"] all["inet6"], 2) "]" }'
} 2> /dev/null
MODEL=$(text /proc/device-tree/model)
[ -n "$MODEL" ] || MODEL=$(text /sys/class/dmi/id/product_name)

# gauge KIND VALUE WARN CRITICAL CLEAR: judged as by the other agent; a level ends CLEAR below its beginning.
gauge() {
  eval "worse=\${worse_$1:-0}" && level=not_supported whole=${2%.*}
  if [ -n "$2" ]; then
    worse=$((whole >= $4 - (worse > 1 ? $5 - 1 : 0) ? 2 : whole >= $3 - (worse > 0 ? $5 - 1 : 0) ? 1 : 0))
    eval "worse_$1=$worse" && case $worse in 0) level=ok ;; 1) level=warning ;; 2) level=critical ;; esac
  fi
  LEVELS=$LEVELS$level VITALS="$VITALS\"$1\":{\"value\":${2:-null},\"level\":\"$level\"},"
}

# Reads the vitals into VITALS and LEVELS. Only the disk needs a process: vitals disk.
busy=0 all=0 disk=''
vitals() {
  VITALS='' LEVELS='' celsius='' cpu='' memory='' total=0
  read -r milli < /sys/class/thermal/thermal_zone0/temp && case $milli in
    '' | *[!0-9]*) ;;
    *) celsius=$((milli / 1000)).$((milli % 1000 / 100)) ;;
  esac
  busy_then=$busy all_then=$all
  read -r _ user nice system idle wait irq soft steal _ < /proc/stat &&
    busy=$((user + nice + system + irq + soft + steal)) all=$((busy + idle + wait))
  [ "$all" -le "$all_then" ] || cpu=$((100 * (busy - busy_then) / (all - all_then)))
  while read -r key value _; do
    case $key in MemTotal:) total=$value ;; MemAvailable:) memory=$((100 * (total - value) / total)) && break ;; esac
  done < /proc/meminfo
  if [ "${1:-}" = disk ] && df -P / > "$DIR/df"; then
    { read -r _ && read -r _ _ used free _; } < "$DIR/df" && disk=$((100 * used / (used + free + 1)))
  fi
  gauge temperature "$celsius" 75 82 5
  gauge cpu "$cpu" 95 999 10
  gauge memory "$memory" 90 97 3
  gauge disk "$disk" 90 97 2
  # A board without the circuit says zero, too.
  bits='' flag=null level=not_supported && read -r bits < "$VOLTAGE"
  case $bits:$MODEL in
    :*) ;;
    *[13579bdfBDF]:*) flag=true level=critical ;;
    *:*Zero* | *:*Compute* | *:"Raspberry Pi Model "*) ;;
    *:"Raspberry Pi "*) flag=false level=ok ;;
  esac
  LEVELS=$LEVELS$level VITALS="$VITALS\"under_voltage\":{\"value\":$flag,\"level\":\"$level\"}"
} 2> /dev/null
