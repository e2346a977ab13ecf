/** Every section and key of `config.ini`: the one table that reader, README and permissions share. */

/** What is known of a key. Its default is text as somebody would write it. */
export interface KeyRow {
  readonly default?: string;
  /** What the table in docs/configuration.md shows where the default depends on the machine. */
  readonly defaultShown?: string;
  readonly meaning: string;
  /** Never shown, has a `<key>_file` twin, and is found as a systemd credential. */
  readonly secret?: true;
}

/** Sections with their keys, in the order of docs/configuration.md. */
export const CONFIG_SECTIONS = {
  mqtt: {
    url: {
      default: "mqtt://127.0.0.1:1883",
      meaning: "the broker: `mqtt://` or, with TLS, `mqtts://`",
    },
    host: { meaning: "the broker without TLS, in place of `url`" },
    port: { defaultShown: "`1883`", meaning: "goes with `host`" },
    username: { meaning: "for a broker that asks: a node's id" },
    password: { secret: true, meaning: "as printed by `hub enrol`" },
    ca_file: { meaning: "PEM file of the authority that signed the broker's certificate" },
    topic_root: { default: "rpi-cluster", meaning: "what every topic begins with" },
    reconnect: {
      default: "2s",
      meaning: "longest time between two attempts to connect, 500ms to 10m; announced in the birth",
    },
  },
  node: {
    id: {
      defaultShown: "host name as a slug",
      meaning:
        "`[a-z0-9-]{1,63}`, but not `hub`, `all`, `off`, a duration as `2h`, or a hyphen first: topic level and MQTT user name",
    },
    name: { defaultShown: "host name", meaning: "what people read, such as `John Snow`" },
    heartbeat: {
      default: "1s",
      meaning: "interval of the agent's heartbeats, 250ms to 60s; announced in the birth",
    },
    remote: {
      default: "",
      defaultShown: "empty",
      meaning: "links to this Pi on the page, for those who log in: comma-separated URLs with " +
        "`ssh`, `sftp`, `http`, `https`, `vnc` or `rdp`, such as `ssh://pi@john-snow.local`",
    },
  },
  cluster: {
    nodes: {
      default: "",
      defaultShown: "empty",
      meaning: "ids that are expected, comma-separated; any other node is watched from its first " +
        "sign of life on",
    },
    suspect_after: {
      default: "2s",
      meaning: "silence beyond the announced heartbeat interval until a node is late",
    },
    dead_after: {
      default: "4s",
      meaning: "likewise until it is down; longer than `suspect_after`",
    },
    will_after: {
      default: "3s",
      meaning: "from a last will until a node is down, unless a heartbeat comes",
    },
    reboot_within: {
      default: "3m",
      meaning:
        "a node that said that it reboots or restarts is called down if it is not back by then",
    },
    groups: {
      default: "",
      defaultShown: "empty",
      meaning: "what nodes have in common, such as a site, switch or power strip: " +
        "`attic: john-snow, pi-2; cellar: pi-3, pi-4`. A group that falls silent at once is one " +
        "message",
    },
    landmarks: {
      default: "",
      defaultShown: "empty",
      meaning:
        "machines that are always on, such as `nas.lan, 192.168.1.2:22`: when neither they " +
        "nor the gateway answer, this machine doubts its own network",
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
    tone: { default: "2700", meaning: "what a passive buzzer is driven with, in Hz, 20 to 20000" },
    lamp: {
      default: "none",
      meaning: "BCM number of a relay's or lamp's line, on for as long as a Pi is down, or `none`",
    },
    button: {
      default: "none",
      meaning: "BCM number of a push button to ground: pressed briefly it silences all buzzers, " +
        "held for 3 s it tests the alarm of this Pi; `none`",
    },
    chip: {
      default: "auto",
      meaning: "label or device of the GPIO chip; `auto` finds the header's",
    },
    active_low: {
      default: "no",
      meaning: "`yes` where LED and buzzer are on while their line is low",
    },
    lamp_active_low: { default: "no", meaning: "likewise for the lamp: many relay boards are so" },
    buzzer_hold: {
      default: "4s",
      meaning: "how long a node stays down before the buzzer sounds; the LED does not wait",
    },
    quiet: {
      default: "none",
      meaning: "`22:00-07:00`, in this Pi's local time: the buzzer is silent; `none`",
    },
  },
  hub: {
    listen: {
      default: "*:8080",
      meaning: "page, API and WebSocket; `*` is IPv4 and IPv6, `0.0.0.0` IPv4 alone",
    },
    broker: {
      default: "embedded",
      meaning: "`embedded`, or `none` where `mqtt.url` names another",
    },
    broker_listen: { default: "*:1883", meaning: "where the embedded broker listens, likewise" },
    state: {
      defaultShown: "`$STATE_DIRECTORY`, else `./state`",
      meaning: "directory of the database and the generated secrets",
    },
    password: {
      defaultShown: "generated",
      secret: true,
      meaning: "of the page and the API; one of your own wants 20 characters or more",
    },
    public_status: {
      default: "no",
      meaning: "`yes`: anyone may look, only those who log in may act",
    },
    names: {
      default: "",
      defaultShown: "empty",
      meaning: "under what other names guests find a page that is public, such as " +
        "`pis.example.org`; this machine's own, `localhost`, `*.local` and addresses need none",
    },
    trusted_proxies: {
      default: "",
      defaultShown: "empty",
      meaning: "reverse proxies whose `X-Forwarded-For`, `-Proto`, `-Host` and `-Port` are " +
        "believed: addresses or networks, such as `127.0.0.1, ::1, 10.0.0.0/8`",
    },
    time_zone: {
      defaultShown: "the machine's own",
      meaning:
        "such as `Europe/Berlin`: in what zone messages, page, commands and log tell times, " +
        "and quiet hours and `self_test` are meant; for a tracker, `[rpi] quiet`",
    },
  },
  alerts: {
    group: { default: "5s", meaning: "deaths and recoveries within this time make one message" },
    hold: {
      default: "15s",
      meaning:
        "how long a node stays down before a message is sent; LED, buzzer and page do not wait",
    },
    per_hour: {
      default: "20",
      meaning: "paid messages an hour; what exceeds it waits, and is told in one",
    },
    channels: {
      default: "",
      defaultShown: "all that are set up",
      meaning: "how people are told: `sms`, `webhook`, or both, the preferred one first",
    },
    send: {
      default: "all",
      meaning:
        "`all`: through every channel; `in_order`: through the first, and through the next " +
        "when that one cannot",
    },
    remind: {
      default: "off",
      meaning: "how often what is still down is told again, until somebody acknowledges it; `off`",
    },
    flap: {
      default: "3",
      meaning:
        "deaths and unexpected reboots within `flap_window` from which on a node is told as flapping, once, until " +
        "it is stable again, 2 to 20; `0` for never, and for a tracker whose buzzer is to sound for " +
        "it as soon as for any other",
    },
    flap_window: { default: "30m", meaning: "see `flap`; also how long it must be stable again" },
    blind_after: {
      default: "60s",
      meaning:
        "how long the broker is out of sight, or a provider takes no message, until people are told",
    },
    self_test: {
      default: "off",
      meaning: "`mon 09:00`, in the hub's local time: a message each week that proves that " +
        "messages arrive; `off`",
    },
  },
  sms: {
    provider: { default: "none", meaning: "`none`, `twilio`, or `print` (to the log)" },
    account_sid: { meaning: "Twilio's account, `AC...`" },
    auth_token: { secret: true, meaning: "that account's token" },
    from: { meaning: "the sender: a number such as `+15005550006`, or a sender id" },
    messaging_service_sid: { meaning: "`MG...`, in place of `from`" },
    to: {
      default: "",
      defaultShown: "empty",
      meaning: "who is told: comma-separated E.164 numbers such as `+4915112345678`",
    },
    api_url: { default: "https://api.twilio.com", meaning: "for a proxy, or a test" },
    quiet: {
      default: "none",
      meaning: "`22:00-07:00`, in the hub's local time: messages wait until it ends; `none`",
    },
  },
  escalation: {
    to: {
      default: "",
      defaultShown: "empty",
      meaning: "numbers that get an SMS when nobody has acknowledged in time; empty for nobody",
    },
    after: { default: "15m", meaning: "how long after `hold` they are told" },
  },
  webhook: {
    url: {
      secret: true,
      meaning: "where messages are posted; `telegram` and `d7` know it by themselves",
    },
    preset: {
      default: "json",
      meaning: "the receiver's language: `json`, `ntfy`, `slack`, `discord`, `telegram` or `d7`",
    },
    token: {
      secret: true,
      meaning: "of the Telegram bot or the D7 account; sent as `Bearer` by `json`, `ntfy` and `d7`",
    },
    to: {
      default: "",
      defaultShown: "empty",
      meaning: "who is told, comma-separated: chat ids for `telegram`, E.164 numbers for `d7`, " +
        "anything or nothing for `json`",
    },
    from: { meaning: "the sender that `d7` shows: a number, or up to 11 letters and digits" },
    quiet: { default: "none", meaning: "as in `[sms]`" },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, KeyRow>>>>;
