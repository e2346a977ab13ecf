# Reads CONFIG: ID, NAME, BEAT in seconds, NODE (the node's topic), URLS, USERNAME, PASSWORD. agent.sh reads this file.
# shellcheck shell=sh

# setting SECTION.KEY DEFAULT: from the environment (RPI_CLUSTER_NODE_ID), else from the file.
setting() {
  name=RPI_CLUSTER_$(printf '%s' "$1" | tr 'a-z.' 'A-Z_') && eval "value=\${$name:-}"
  [ -n "$value" ] || value=$(printf '%s\n' "$SETTINGS" | sed -n "s/^$1=//p" | sed -n '$p')
  printf '%s' "${value:-$2}"
}
SETTINGS=$(awk '
  /^[ \t]*[;#]/ { next }
  /^[ \t]*\[/ { gsub(/^[ \t]*\[[ \t]*|[ \t]*\][ \t\r]*$/, ""); section = tolower($0); next }
  /=/ {
    key = $0; sub(/=.*/, "", key); gsub(/[ \t]/, "", key); sub(/^[^=]*=[ \t]*/, ""); sub(/[ \t\r]*$/, "")
    print section "." tolower(key) "=" $0
  }' "$CONFIG") || bad 'the file' 'a readable one' "$CONFIG"
# Words of the hub's commands are no ids: a duration such as 2h neither.
is_word() {
  case $1 in hub | all | off | 0) return 0 ;; [0-9]*[0-9][smh] | [0-9][smh] | [0-9]*ms) ;; *) return 1 ;; esac
  case ${1%%[smh]*} in *[!0-9]*) return 1 ;; esac
}
SLUG=$(uname -n | tr '[:upper:]' '[:lower:]' | tr -cs a-z0-9 - | cut -c1-63 | sed 's/^-//; s/-*$//')
if is_word "${SLUG:=node}"; then SLUG=$SLUG-node; fi
ID=$(setting node.id "$SLUG")
case $ID in -* | *[!a-z0-9-]*) bad '[node] id' '1 to 63 of a-z, 0-9 and -' "$ID" ;; esac
if [ ${#ID} -gt 63 ] || is_word "$ID"; then bad '[node] id' '1 to 63 characters, and no word of a command' "$ID"; fi
NAME=$(setting node.name "$(uname -n)" | tr -d '\000-\037\177' | sed 's/[\\"]/\\&/g')
[ "$(printf '%s' "$NAME" | tr -d '\200-\277' | wc -c)" -le 64 ] || bad '[node] name' 'at most 64 characters' "$NAME"
BEAT=$(setting node.heartbeat 1s) && case $BEAT in # in whole seconds
  [1-9][0-9][0-9]ms) BEAT=1 ;;
  [1-9][0-9][0-9][0-9]ms) BEAT=$(((${BEAT%ms} + 999) / 1000)) ;;
  [1-9]s | [1-5][0-9]s | 60s) BEAT=${BEAT%s} ;;
  1m) BEAT=60 ;;
  *) bad '[node] heartbeat' '250ms to 60s' "$BEAT" ;;
esac
NODE=$(setting mqtt.topic_root rpi-cluster)/v1/nodes/$ID
case $NODE in [/$]* | *[+#\ ]* | *//*) bad '[mqtt] topic_root' 'a topic without +, # and blanks' "$NODE" ;; esac
USERNAME=$(setting mqtt.username '') PASSWORD=$(setting mqtt.password '')
FILE=$(setting mqtt.password_file "${CREDENTIALS_DIRECTORY:-}/mqtt.password")
if [ -r "$FILE" ]; then read -r PASSWORD < "$FILE"; fi
if [ ! -r "$FILE" ] && [ -n "$(setting mqtt.password_file '')" ]; then bad '[mqtt] password_file' 'a readable file' "$FILE"; fi
# The file of options of mosquitto_pub ends a value at a blank.
case $USERNAME$PASSWORD in *\ *) bad '[mqtt] username and password' 'no blanks' 'one' ;; esac
URLS=$(setting mqtt.url "mqtt://$(setting mqtt.host 127.0.0.1):$(setting mqtt.port 1883)" | tr , ' ')
for url in $URLS; do
  case $url in mqtt://?* | mqtts://?*) ;; *) bad '[mqtt] url' 'mqtt:// or mqtts:// with a host' "$url" ;; esac
done
