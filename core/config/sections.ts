/**
 * One function for each section of `config.ini` that is not about messages. It reads the keys with
 * their parsers and checks how they relate.
 */

import { parseHost } from "../network/host.ts";
import { parseLandmarks } from "../network/landmark.ts";
import { reservedIdReason } from "../protocol/reserved_id.ts";
import { NAME_MAX } from "../protocol/wire.ts";
import { formatDuration } from "../text/duration.ts";
import {
  bad,
  durationBetween,
  good,
  oneOf,
  parseBoolean,
  type Parsed,
  parseSecret,
  textOf,
  wholeNumberBetween,
} from "../text/parser.ts";
import { SOURCES } from "./entries.ts";
import { parseNodeGroups } from "./groups.ts";
import type { ConfigKeyName } from "./keys.ts";
import { type ConfigReader, present } from "./reader.ts";
import { parseRemotes } from "./value/remote.ts";
import {
  type BuzzerSetting,
  type Config,
  type LedSetting,
  type MachineDefaults,
  PLAIN_ACCESS,
} from "./settings.ts";
import { decodeCertificate, decodeTlsListeners } from "./tls_section.ts";
import { parseTimeZone } from "./value/time_zone.ts";
import { parseQuietHours } from "./value/times.ts";
import { WATCH_MODES } from "./value/watch_mode.ts";
import {
  type BrokerAddress,
  parseBrokerUrls,
  parseBuzzer,
  parseCertificates,
  parseEndpoint,
  parseLed,
  parseLine,
  parseName,
  parseNodeId,
  parseNodeIds,
  parsePageAddress,
  parsePort,
  parseTopicRoot,
} from "./values.ts";
import { parsePageNames, parseProxies } from "./value/web.ts";

/** The limits of what a birth may announce. Observers check the same limits. */
const HEARTBEAT_MS_MIN = 250;
const HEARTBEAT_MS_MAX = 60_000;
const RECONNECT_MS_MIN = 500;
const RECONNECT_MS_MAX = 600_000;

/** With less than this a busy Pi that is only late looks dead. */
const SILENCE_MS_MIN = 100;
const WAIT_MS_MAX = 3_600_000;

/** The range of human hearing. */
const TONE_HZ_MIN = 20;
const TONE_HZ_MAX = 20_000;

const NODE_ID_LENGTH_MAX = 63;
const PORT_WITHOUT_TLS = 1883;

export function decodeMqtt(reader: ConfigReader): Config["mqtt"] {
  const [address, ...others] = decodeBrokers(reader);
  const isTls = address.tls || others.some(({ tls }) => tls);
  const username = reader.optional("mqtt.username", textOf("a user name"));
  const password = reader.optional("mqtt.password", parseSecret);
  const caFile = reader.optional("mqtt.ca_file", textOf("a path"));
  if (password !== undefined && !reader.entry("mqtt.username")?.value) {
    // MQTT does not allow a password without a user name [MQTT-3.1.2-22].
    reader.report("mqtt.username", "a user name beside the password", "none", "mqtt.password");
  }
  const ca = reader.optional("mqtt.ca", parseCertificates);
  for (const [key, value] of [["mqtt.ca_file", caFile], ["mqtt.ca", ca]] as const) {
    if (value !== undefined && !isTls && !reader.isBad("mqtt.url")) {
      reader.report(key, "a url that begins with mqtts:// beside it", "none");
    }
  }
  if (ca !== undefined && caFile !== undefined) {
    reader.report("mqtt.ca", "either ca or ca_file", "both");
  }
  return {
    host: address.hostname,
    port: address.port,
    tls: address.tls,
    ...(others.length > 0 ? { others } : {}),
    ...present({ username, password, caFile, ca }),
    topicRoot: reader.withDefault("mqtt.topic_root", parseTopicRoot),
    reconnectMs: reader.withDefault(
      "mqtt.reconnect",
      durationBetween(RECONNECT_MS_MIN, RECONNECT_MS_MAX),
    ),
  };
}

type Brokers = readonly [BrokerAddress, ...BrokerAddress[]];

/**
 * `url`, or `host` with `port`, whichever comes from the source of higher precedence. Both in one
 * source are an issue.
 */
function decodeBrokers(reader: ConfigReader): Brokers {
  const rank = (name: ConfigKeyName) => {
    const source = reader.entry(name)?.source;
    return source === undefined ? Infinity : SOURCES.indexOf(source);
  };
  const [urlRank, hostRank, portRank] = [rank("mqtt.url"), rank("mqtt.host"), rank("mqtt.port")];
  const [url, ...others] = reader.withDefault("mqtt.url", parseBrokers);
  const hostname = reader.given("mqtt.host", parseHost);
  const port = reader.given("mqtt.port", parsePort);
  if (urlRank < Math.min(hostRank, portRank)) return [url, ...others];
  if (urlRank !== Infinity && (hostRank >= urlRank || portRank === urlRank)) {
    const found = `also url at ${reader.entry("mqtt.url")?.where ?? ""}`;
    const key = hostRank >= urlRank && hostRank !== Infinity ? "mqtt.host" : "mqtt.port";
    reader.report(key, "either url, or host and port", found);
  }
  if (hostRank === Infinity && portRank === Infinity) return [url, ...others];
  return [{ hostname: hostname ?? url.hostname, port: port ?? PORT_WITHOUT_TLS, tls: false }];
}

function parseBrokers(text: string): Parsed<Brokers> {
  const parsed = parseBrokerUrls(text);
  if (!parsed.ok) return parsed;
  const [first, ...others] = parsed.value;
  return first === undefined ? bad("a URL") : good([first, ...others]);
}

export function decodeNode(reader: ConfigReader, defaults: MachineDefaults): Config["node"] {
  const id = reader.given("node.id", parseNodeId) ?? nodeIdOf(defaults.hostname);
  const hostname = parseName(defaults.hostname.slice(0, NAME_MAX));
  return {
    id,
    name: reader.given("node.name", parseName) ?? (hostname.ok ? hostname.value : id),
    heartbeatMs: reader.withDefault(
      "node.heartbeat",
      durationBetween(HEARTBEAT_MS_MIN, HEARTBEAT_MS_MAX),
    ),
    remote: reader.withDefault("node.remote", parseRemotes),
  };
}

/**
 * Makes a node id of a host name: `John-Snow.lan` becomes `john-snow-lan`. Never empty, never
 * reserved.
 */
export function nodeIdOf(hostname: string): string {
  const slug = hostname.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-").replace(/^-/, "").slice(0, NODE_ID_LENGTH_MAX).replace(/-$/, "");
  if (slug === "") return "node";
  return reservedIdReason(slug) === undefined ? slug : `${slug}-node`;
}

export function decodeCluster(reader: ConfigReader): Config["cluster"] {
  const silence = durationBetween(SILENCE_MS_MIN, WAIT_MS_MAX);
  const suspectAfterMs = reader.withDefault("cluster.suspect_after", silence);
  const deadAfterMs = reader.withDefault("cluster.dead_after", silence);
  const comparable = !reader.isBad("cluster.suspect_after", "cluster.dead_after");
  if (comparable && suspectAfterMs >= deadAfterMs) {
    reader.report(
      "cluster.dead_after",
      `longer than suspect_after, which is ${formatDuration(suspectAfterMs)}`,
      formatDuration(deadAfterMs),
      "cluster.suspect_after",
    );
  }
  return {
    nodes: reader.withDefault("cluster.nodes", parseNodeIds),
    watch: reader.withDefault("cluster.watch", oneOf(WATCH_MODES)),
    suspectAfterMs,
    deadAfterMs,
    willAfterMs: reader.withDefault("cluster.will_after", durationBetween(0, WAIT_MS_MAX)),
    rebootWithinMs: reader.withDefault("cluster.reboot_within", durationBetween(0, WAIT_MS_MAX)),
    groups: reader.withDefault("cluster.groups", parseNodeGroups),
    landmarks: reader.withDefault("cluster.landmarks", parseLandmarks),
  };
}

export function decodeRpi(reader: ConfigReader): Config["rpi"] {
  const led = reader.withDefault("rpi.led", parseLed);
  const buzzer = reader.withDefault("rpi.buzzer", parseBuzzer);
  const lamp = reader.withDefault("rpi.lamp", parseLine);
  const button = reader.withDefault("rpi.button", parseLine);
  checkLines(reader, [
    { key: "rpi.led", line: lineOf(led) },
    { key: "rpi.buzzer", line: lineOf(buzzer) },
    { key: "rpi.lamp", line: lamp },
    { key: "rpi.button", line: button },
  ]);
  return {
    led,
    buzzer,
    toneHz: reader.withDefault("rpi.tone", wholeNumberBetween(TONE_HZ_MIN, TONE_HZ_MAX)),
    lamp,
    button,
    chip: reader.withDefault("rpi.chip", textOf("auto, or a label or device")),
    activeLow: reader.withDefault("rpi.active_low", parseBoolean),
    lampActiveLow: reader.withDefault("rpi.lamp_active_low", parseBoolean),
    buzzerHoldMs: reader.withDefault("rpi.buzzer_hold", durationBetween(0, WAIT_MS_MAX)),
    quiet: reader.withDefault("rpi.quiet", parseQuietHours),
  };
}

function lineOf(setting: LedSetting | BuzzerSetting): number | undefined {
  return setting.kind === "line" ? setting.line : undefined;
}

/** Reports a line of the header that has two uses. */
function checkLines(
  reader: ConfigReader,
  uses: readonly { readonly key: ConfigKeyName; readonly line: number | undefined }[],
): void {
  const users = new Map<number, ConfigKeyName>();
  for (const { key, line } of uses) {
    if (line === undefined || reader.isBad(key)) continue;
    const other = users.get(line);
    if (other === undefined) users.set(line, key);
    else reader.report(key, `another line than that of ${other.slice(4)}`, `${line}`, other);
  }
}

export function decodeHub(reader: ConfigReader, defaults: MachineDefaults): Config["hub"] {
  // An empty password does not mean "no password": the hub would generate one that nobody knows.
  const password = reader.given("hub.password", parseSecret);
  const timeZone = reader.given("hub.time_zone", parseTimeZone);
  const stateDir = reader.given("hub.state", textOf("a directory")) ?? defaults.stateDirectory ??
    "./state";
  const listen = reader.withDefault("hub.listen", parseEndpoint);
  const broker = reader.withDefault("hub.broker", oneOf(["embedded", "none"]));
  const brokerListen = reader.withDefault("hub.broker_listen", parseEndpoint);
  return {
    listen,
    broker,
    mosquitto: reader.withDefault(
      "hub.mosquitto",
      oneOf(["password_file", "dynamic_security"]),
    ),
    brokerListen,
    ...decodeTlsListeners(reader, { listen, broker, brokerListen }),
    stateDir,
    ...present({
      checkpointDir: decodeCheckpoint(reader, stateDir),
      backups: reader.optional("hub.backups", textOf("a directory, or none")),
      password,
    }),
    packagesDir: reader.withDefault("hub.packages", textOf("a directory")),
    publicStatus: reader.withDefault("hub.public_status", parseBoolean),
    names: reader.withDefault("hub.names", parsePageNames),
    trustedProxies: reader.withDefault("hub.trusted_proxies", parseProxies),
    ...present({
      timeZone,
      publicAddress: reader.optional("hub.public_address", parsePageAddress),
      plain: reader.optional("hub.plain", oneOf(PLAIN_ACCESS)),
      certificate: decodeCertificate(reader),
    }),
  };
}

/** A copy within the folder that it is a copy of would be lost with it. */
function decodeCheckpoint(reader: ConfigReader, stateDir: string): string | undefined {
  const folder = reader.optional("hub.checkpoint", textOf("a directory"));
  if (folder === undefined) return undefined;
  const [inner, outer] = [folder, stateDir].map((path) => `${path.replace(/\/+$/, "")}/`);
  if (inner?.startsWith(outer ?? "")) {
    reader.report("hub.checkpoint", `a folder outside of [hub] state, ${stateDir}`, folder);
  }
  return folder;
}
