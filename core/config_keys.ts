/** Every section and key of `config.ini`: the one table that reader, README and permissions share. */

/** What is known of a key. Its default is text as somebody would write it. */
interface KeyRow {
  readonly default?: string;
  /** What the table in the README shows where the default depends on the machine. */
  readonly defaultShown?: string;
  readonly meaning: string;
  /** Never shown, has a `<key>_file` twin, and is found as a systemd credential. */
  readonly secret?: true;
}

export interface ConfigKey extends KeyRow {
  readonly section: string;
  readonly key: string;
}

/** A section of the project's predecessor that is skipped whole, whatever stands in it. */
export const IGNORED_SECTION = "app";

/** What the name of the key that names a secret's file ends in. */
export const FILE_SUFFIX = "_file";

/** Sections with their keys, in the order of the README. */
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
      meaning: "`[a-z0-9-]{1,63}`, but not `hub`: topic level and MQTT user name",
    },
    name: { defaultShown: "host name", meaning: "what people read, such as `John Snow`" },
    heartbeat: {
      default: "1s",
      meaning: "interval of the agent's heartbeats, 250ms to 60s; announced in the birth",
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
  },
  rpi: {
    led: {
      default: "2",
      meaning: "BCM number of the LED's line, 0 to 27; `sysfs:ACT` for an on-board LED; `none`",
    },
    buzzer: { default: "3", meaning: "BCM number of the buzzer's line, or `none`" },
    button: {
      default: "none",
      meaning: "BCM number of a push button to ground that silences the buzzer, or `none`",
    },
    chip: {
      default: "auto",
      meaning: "label or device of the GPIO chip; `auto` finds the header's",
    },
    active_low: {
      default: "no",
      meaning: "`yes` where LED and buzzer are on while their line is low",
    },
    buzzer_hold: {
      default: "4s",
      meaning: "how long a node stays down before the buzzer sounds; the LED does not wait",
    },
  },
  hub: {
    listen: { default: "0.0.0.0:8080", meaning: "page, API and WebSocket" },
    broker: {
      default: "embedded",
      meaning: "`embedded`, or `none` where `mqtt.url` names another",
    },
    broker_listen: { default: "0.0.0.0:1883", meaning: "where the embedded broker listens" },
    state: {
      defaultShown: "`$STATE_DIRECTORY`, else `./state`",
      meaning: "directory of the database and the generated secrets",
    },
    password: { defaultShown: "generated", secret: true, meaning: "of the page and the API" },
    public_status: {
      default: "no",
      meaning: "`yes`: anyone may look, only those who log in may act",
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
      meaning: "paid messages an hour; what exceeds it is summed up in one",
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
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, KeyRow>>>>;

/** `section.key` of every key: a misspelt one in the code does not compile. */
export type ConfigKeyName = {
  [S in keyof typeof CONFIG_SECTIONS & string]: `${S}.${
    & keyof (typeof CONFIG_SECTIONS)[S]
    & string}`;
}[keyof typeof CONFIG_SECTIONS & string];

/** The same as a list. */
export const CONFIG_KEYS: readonly ConfigKey[] = Object.entries(CONFIG_SECTIONS).flatMap(
  ([section, keys]) => Object.entries<KeyRow>(keys).map(([key, row]) => ({ section, key, ...row })),
);

/** The key of that name in any letter case. */
export function findConfigKey(section: string, key: string): ConfigKey | undefined {
  return CONFIG_KEYS.find((known) =>
    known.section === section.toLowerCase() && known.key === key.toLowerCase()
  );
}

/** The keys whose values are never shown. */
export function secretKeys(): readonly ConfigKey[] {
  return CONFIG_KEYS.filter((key) => key.secret);
}

/** The variable that overrides a key: `RPI_CLUSTER_MQTT_URL`. */
export function environmentName(section: string, key: string): string {
  return `RPI_CLUSTER_${section}_${key}`.toUpperCase();
}

/** Variables that systemd sets and the programs read. */
const SYSTEMD_ENVIRONMENT_NAMES = [
  "CREDENTIALS_DIRECTORY",
  "INVOCATION_ID",
  "JOURNAL_STREAM",
  "STATE_DIRECTORY",
] as const;

/** Every variable that configuration and log read: what the programs are allowed to see. */
export const ENVIRONMENT_NAMES: readonly string[] = [
  ...CONFIG_KEYS.map(({ section, key }) => environmentName(section, key)),
  ...secretKeys().map(({ section, key }) => environmentName(section, key + FILE_SUFFIX)),
  ...SYSTEMD_ENVIRONMENT_NAMES,
];

/** The README's table of configuration, in Markdown. */
export function configurationTable(): string {
  const rows: string[] = ["| section | key | default | meaning |", "| --- | --- | --- | --- |"];
  let section = "";
  for (const known of CONFIG_KEYS) {
    const first = known.section === section ? "" : `\`${known.section}\` `;
    const twin = known.secret ? `, \`${known.key}${FILE_SUFFIX}\`` : "";
    const shown = known.defaultShown ?? (known.default ? `\`${known.default}\`` : "none");
    section = known.section;
    rows.push(`| ${first}| \`${known.key}\`${twin} | ${shown} | ${known.meaning} |`);
  }
  return rows.join("\n") + "\n";
}
