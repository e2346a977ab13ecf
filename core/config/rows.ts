/** Every section and key of `config.ini`. The reader, the docs and the permissions use this table. */

import { CHANNEL_ROWS } from "./channel_rows.ts";
import { ALERT_SECTIONS } from "./alert_rows.ts";

/** One key. Its default is text in the syntax of the file. */
export interface KeyRow {
  readonly default?: string;
  /** Shown in docs/configuration.md where the default depends on the machine. */
  readonly defaultShown?: string;
  readonly meaning: string;
  /** Never shown. Also read from the file named by `<key>_file`, and from a systemd credential. */
  readonly secret?: true;
}

/** Sections with their keys, in the order of docs/configuration.md. */
export const CONFIG_SECTIONS = {
  mqtt: {
    url: {
      default: "mqtt://127.0.0.1:1883",
      meaning:
        "the broker: `mqtt://` or, with TLS, `mqtts://`; or up to four, separated by commas, " +
        "to which the program speaks at the same time ([two brokers](two-brokers.md))",
    },
    host: { meaning: "the broker without TLS, in place of `url`" },
    port: { defaultShown: "`1883`", meaning: "goes with `host`" },
    username: { meaning: "for a broker that asks for one: the node's id" },
    password: { secret: true, meaning: "as printed by `rpi-cluster-hub enrol`" },
    ca_file: { meaning: "PEM file of the authority that signed the broker's certificate" },
    ca: {
      meaning:
        "the certificate of the hub's own authority, as printed by `rpi-cluster-hub enrol`: one line of " +
        "Base64, in place of `ca_file`; agent and tracker then trust no other authority. Of several " +
        "brokers the certificates are separated by commas",
    },
    topic_root: { default: "rpi-cluster", meaning: "the first levels of every topic" },
    reconnect: {
      default: "2s",
      meaning: "longest time between two attempts to connect, 500ms to 10m; announced in the birth",
    },
  },
  node: {
    id: {
      defaultShown: "host name as a slug",
      meaning:
        "`[a-z0-9-]{1,63}`, but not `hub`, `all`, `off`, a duration such as `2h`, or a leading hyphen; it is the topic level and the MQTT user name",
    },
    name: { defaultShown: "host name", meaning: "display name, such as `John Snow`" },
    heartbeat: {
      default: "1s",
      meaning: "interval of the agent's heartbeats, 250ms to 60s; announced in the birth",
    },
    remote: {
      default: "",
      defaultShown: "empty",
      meaning: "links to this Pi on the page, for those who log in: comma-separated URLs with " +
        "`ssh`, `sftp`, `http`, `https`, `vnc` or `rdp`, such as `ssh://pi@john-snow.local`, each " +
        "with a name before it if you like: `Cockpit: https://john-snow.local:9090`. The agent " +
        "looks whether the ports of `ssh` and `vnc` links listen, else 22 and 5900",
    },
  },
  cluster: {
    nodes: {
      default: "",
      defaultShown: "empty",
      meaning: "ids that are expected, comma-separated; any other node is watched from its first " +
        "sign of life on",
    },
    watch: {
      default: "auto",
      meaning:
        "from whom a tracker without `nodes` learns how the Pis are: `all` hears each of them, " +
        "`hub` hears the hub's verdicts, and each Pi only while the hub is dead or blind; `auto` is " +
        "`hub` from 200 Pis on, until there are fewer than 150",
    },
    suspect_after: {
      default: "2s",
      meaning: "silence beyond the announced heartbeat interval after which a node is late",
    },
    dead_after: {
      default: "4s",
      meaning: "the same for down; longer than `suspect_after`",
    },
    will_after: {
      default: "3s",
      meaning: "time from a last will until the node is down, unless a heartbeat comes",
    },
    reboot_within: {
      default: "3m",
      meaning:
        "a node that announced a reboot or restart is down if it is not back after this time",
    },
    groups: {
      default: "",
      defaultShown: "empty",
      meaning: "nodes that share a site, a switch or a power strip: " +
        "`attic: john-snow, pi-2; cellar: pi-3, pi-4`. A whole group that goes silent " +
        "together makes one message",
    },
    landmarks: {
      default: "",
      defaultShown: "empty",
      meaning:
        "machines that are always on, such as `nas.lan, 192.168.1.2:22`: when neither they " +
        "nor the gateway answer, this machine takes its own network for broken",
    },
  },
  rpi: {
    led: {
      default: "2",
      meaning: "BCM number of the LED's line, 0 to 27; `sysfs:ACT` for an on-board LED; `none`",
    },
    buzzer: {
      default: "3",
      meaning:
        "BCM number of an active buzzer's line; `pwm:0` for a passive one on that channel of " +
        "hardware PWM, `pwm:2/0` where the chip is not the first; `none`",
    },
    tone: { default: "2700", meaning: "frequency for a passive buzzer, in Hz, 20 to 20000" },
    lamp: {
      default: "none",
      meaning: "BCM number of the line of a relay or lamp that is on while a Pi is down, or `none`",
    },
    button: {
      default: "none",
      meaning: "BCM number of a push button to ground: a short press silences all buzzers, " +
        "3 s test the alarm of this Pi; `none`",
    },
    chip: {
      default: "auto",
      meaning: "label or device of the GPIO chip; `auto` finds the header's",
    },
    active_low: {
      default: "no",
      meaning: "`yes` where LED and buzzer are on while their line is low",
    },
    lamp_active_low: { default: "no", meaning: "the same for the lamp; many relay boards need it" },
    buzzer_hold: {
      default: "4s",
      meaning: "how long a node stays down before the buzzer sounds; the LED does not wait",
    },
    quiet: {
      default: "none",
      meaning: "hours without buzzer, such as `22:00-07:00`, in this Pi's local time; `none`",
    },
  },
  hub: {
    listen: {
      default: "*:8080",
      meaning: "page, API and WebSocket; `*` is IPv4 and IPv6, `0.0.0.0` IPv4 alone",
    },
    broker: {
      default: "embedded",
      meaning: "`embedded`, or `none` if `mqtt.url` names another broker",
    },
    mosquitto: {
      default: "password_file",
      meaning: "how Mosquitto learns the credentials, with `broker = none`: it reads the hub's " +
        "`password_file`, or the hub drives its plugin, `dynamic_security`",
    },
    broker_listen: {
      default: "*:1883",
      meaning: "address of the embedded broker, in the same syntax",
    },
    https_listen: {
      defaultShown: "`*:8443`, or the host of `listen` where that is written",
      meaning: "page, API and WebSocket with TLS, in the same syntax; `none`",
    },
    mqtts_listen: {
      defaultShown: "`*:8883`, or the host of `broker_listen` where that is written",
      meaning: "the embedded broker with TLS, in the same syntax; `none`",
    },
    plain: {
      defaultShown: "`loopback`; `lan` for a hub that had Pis before it had TLS",
      meaning:
        "who may come without TLS: `loopback` means this machine and `trusted_proxies`, and " +
        "all other browsers are sent to `https_listen`; `lan` means everybody; `no` means nobody",
    },
    certificate_file: {
      meaning: "PEM file with a certificate for the page and the authorities between, such as of " +
        "Let's Encrypt; read again when it changes",
    },
    key_file: { meaning: "PEM file with the key of `certificate_file`" },
    state: {
      defaultShown: "`/var/lib/rpi-cluster-alert` for the installed hub, else `./state`",
      meaning: "directory of the database and the generated secrets",
    },
    checkpoint: {
      meaning:
        "folder on real storage, where `state` is on a tmpfs: the hub copies its state there " +
        "once an hour and when it ends, and goes back to it after a boot",
    },
    packages: {
      default: "/usr/share/rpi-cluster-alert/packages",
      meaning: "folder with the `.deb` packages that Pis get which join by one line",
    },
    backups: {
      defaultShown: "`backups` in `checkpoint`, else in `state`",
      meaning: "folder of the nightly backups, of which the hub keeps seven; `none` for none",
    },
    password: {
      defaultShown: "generated",
      secret: true,
      meaning: "for the page and the API; your own must have 20 characters or more",
    },
    public_status: {
      default: "no",
      meaning: "`yes`: everybody can view the page, only users who log in can change anything",
    },
    names: {
      default: "",
      defaultShown: "empty",
      meaning: "other host names of the hub, for its certificate and for a public page, such as " +
        "`pis.example.org`; this machine's own name, `localhost`, `*.local` and addresses need no entry",
    },
    public_address: {
      meaning: "the page's URL for people, such as `https://pis.example.org`: messages that can " +
        "hold a link lead there",
    },
    trusted_proxies: {
      default: "",
      defaultShown: "empty",
      meaning: "reverse proxies whose `X-Forwarded-For`, `-Proto`, `-Host` and `-Port` are " +
        "trusted: addresses or networks, such as `127.0.0.1, ::1, 10.0.0.0/8`",
    },
    time_zone: {
      defaultShown: "the machine's own",
      meaning:
        "such as `Europe/Berlin`: the zone of all times in messages, page, commands and log, " +
        "and of quiet hours and `self_test`; for a tracker, the zone of `[rpi] quiet`",
    },
  },
  ...ALERT_SECTIONS,
  channel: CHANNEL_ROWS,
  watchdog: {
    url: {
      secret: true,
      meaning:
        "where the hub reports that it works, to somebody outside of the house: a ping URL of " +
        "Healthchecks, a push URL of Uptime Kuma, or a heartbeat URL of Better Stack",
    },
    fail_url: {
      secret: true,
      defaultShown: "`url` with `/fail`, or for Uptime Kuma with `status=down`",
      meaning:
        "where the hub reports that it does not work, and why; `none`: it falls silent instead",
    },
    every: {
      default: "1m",
      meaning:
        "interval of the pings, 10s to 1h; the watcher outside needs the same, and some grace",
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, KeyRow>>>>;
