/** Values of `config.ini` that name machines, nodes, GPIO lines and network addresses. */

import { ANY_HOST, parseHostAndPort } from "../network/host.ts";
import { reservedIdReason } from "../protocol/reserved_id.ts";
import { isNameLength, NAME_MAX, NODE_ID_PATTERN, NODES_MAX } from "../protocol/wire.ts";
import {
  bad,
  CONTROL_CHARACTER,
  good,
  listOf,
  type Parsed,
  type Parser,
  TEXT_LENGTH_MAX,
  wholeNumberBetween,
} from "../text/parser.ts";
import { withoutMarks } from "../text/plain_text.ts";
import type { BrokerPlace, BuzzerSetting, Endpoint, LedSetting } from "./settings.ts";

/** A broker's address from `url`, or from `host` and `port`. */
export type BrokerAddress = BrokerPlace;

const TOPIC_ROOT_LENGTH_MAX = 128;

/** Every 40-pin Pi has lines 0 to 27 on its header. */
const BCM_LINE_MAX = 27;

/** Of an authority with long names and a long key. */
const CERTIFICATE_LENGTH_MAX = 8192;

/** Each broker costs every Pi a connection. */
const BROKERS_MAX = 4;

const MQTT_PORT = 1883;
const MQTTS_PORT = 8883;

/** The display name of a node. */
export function parseName(text: string): Parsed<string> {
  const name = withoutMarks(text);
  return name.trim() !== "" && isNameLength(name) && !CONTROL_CHARACTER.test(text)
    ? good(name)
    : bad(`a name of 1 to ${NAME_MAX} characters`);
}

/** A node's id. Ids that are words of commands or belong to the hub are reserved. */
export function parseNodeId(text: string): Parsed<string> {
  if (!NODE_ID_PATTERN.test(text)) return bad("1 to 63 lower-case letters, digits and hyphens");
  const reason = reservedIdReason(text);
  return reason === undefined ? good(text) : bad(`another id, because ${reason}`);
}

export const parseNodeIds: Parser<readonly string[]> = listOf(parseNodeId, NODES_MAX);

/** MQTT 3.1.1, 4.7: no wildcards. Topics that begin with `$` belong to the broker. */
export function parseTopicRoot(text: string): Parsed<string> {
  return /^(?![$/])[^+#\s]+(?<!\/)$/.test(text) && text.length <= TOPIC_ROOT_LENGTH_MAX &&
      !CONTROL_CHARACTER.test(text)
    ? good(text)
    : bad('a topic such as rpi-cluster, without "+", "#", spaces, or "/" at its ends');
}

/** A line of the header, or `undefined` for `none`. */
export function parseLine(text: string): Parsed<number | undefined> {
  if (text.toLowerCase() === "none") return good(undefined);
  const line = wholeNumberBetween(0, BCM_LINE_MAX)(text);
  return line.ok ? line : bad(`a BCM number from 0 to ${BCM_LINE_MAX}, or none`);
}

export function parseLed(text: string): Parsed<LedSetting> {
  // Without a slash and a leading dot, because it becomes a directory's name under /sys/class/leds.
  const [, name] = /^sysfs:([A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,63})$/i.exec(text) ?? [];
  if (name !== undefined) return good({ kind: "sysfs", name });
  const line = parseLine(text);
  if (!line.ok) return bad(`${line.expected}, or an on-board LED such as sysfs:ACT`);
  return good(line.value === undefined ? { kind: "none" } : { kind: "line", line: line.value });
}

/** An active buzzer's line, or `pwm:CHANNEL` or `pwm:CHIP/CHANNEL` for a passive one. */
export function parseBuzzer(text: string): Parsed<BuzzerSetting> {
  const [, chip, channel] = /^pwm:(?:(\d{1,2})\/)?(\d{1,2})$/i.exec(text) ?? [];
  if (channel !== undefined) {
    const chipNumber = chip === undefined ? undefined : Number(chip);
    return good({ kind: "pwm", chip: chipNumber, channel: Number(channel) });
  }
  const line = parseLine(text);
  if (!line.ok) return bad(`${line.expected}, or a PWM channel such as pwm:0`);
  return good(line.value === undefined ? { kind: "none" } : { kind: "line", line: line.value });
}

/** Where people open the page, without the slashes at its end. */
export function parsePageAddress(text: string): Parsed<string> {
  const isGood = isHttpUrl(text) && !/[?@]/.test(text);
  return isGood ? good(text.replace(/\/+$/, "")) : bad("a URL such as https://pis.example.org");
}

/**
 * An address to listen on. `*` means all addresses of IPv4 and IPv6; port 0 lets the system choose.
 */
export function parseEndpoint(text: string): Parsed<Endpoint> {
  const expected = "an address and port such as *:8080, 0.0.0.0:8080 or [::]:8080";
  const isAny = text.startsWith(`${ANY_HOST}:`);
  const parsed = parseHostAndPort(isAny ? text.replace(ANY_HOST, "0.0.0.0") : text);
  if (!parsed.ok) return bad(`${expected}: ${parsed.expected}`);
  const { hostname, port } = parsed.value;
  if (port === undefined) return bad(expected);
  return good({ hostname: isAny ? ANY_HOST : hostname, port });
}

/** Like `parseEndpoint`, or `undefined` for `none`. */
export function parseEndpointOrNone(text: string): Parsed<Endpoint | undefined> {
  if (text.toLowerCase() === "none") return good(undefined);
  const endpoint = parseEndpoint(text);
  return endpoint.ok ? endpoint : bad(`none, or ${endpoint.expected}`);
}

/** Certificates of authorities, one for each broker that has its own, separated by commas. */
export function parseCertificates(text: string): Parsed<string> {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length > BROKERS_MAX) return bad(`at most ${BROKERS_MAX} certificates`, "more");
  for (const part of parts) {
    const parsed = parseCertificate(part);
    if (!parsed.ok) return parsed;
  }
  return good(parts.join(","));
}

/** The certificate of an authority in one line of Base64. Its content is checked elsewhere. */
export function parseCertificate(text: string): Parsed<string> {
  const expected = "one line of Base64, as `rpi-cluster-hub enrol` prints it";
  const isBase64 = text.length <= CERTIFICATE_LENGTH_MAX && /^MI[A-Za-z0-9+/]+={0,2}$/.test(text);
  return isBase64 && text.length % 4 === 0 ? good(text) : bad(expected, "something else");
}

export const parsePort: Parser<number> = wholeNumberBetween(1, 65535);

/** Only TCP with or without TLS. Credentials have their own keys, which keeps them out of logs. */
export function parseBrokerUrl(text: string): Parsed<BrokerAddress> {
  const expected = "a URL such as mqtt://192.168.1.10:1883 or mqtts://broker.example";
  if (text.includes("@")) return withCredentials(expected);
  const [, scheme, authority] = /^(mqtts?):\/\/([^/]+)\/?$/i.exec(text) ?? [];
  if (scheme === undefined || authority === undefined) return bad(expected);
  const parsed = parseHostAndPort(authority);
  if (!parsed.ok) return bad(`${expected}: ${parsed.expected}`);
  const tls = scheme.toLowerCase() === "mqtts";
  const { hostname, port = tls ? MQTTS_PORT : MQTT_PORT } = parsed.value;
  return port > 0 ? good({ hostname, port, tls }) : bad(`${expected}: a port from 1 to 65535`);
}

/** One broker or several, separated by commas. Each is named once. */
export function parseBrokerUrls(text: string): Parsed<readonly BrokerAddress[]> {
  const brokers: BrokerAddress[] = [];
  for (const part of text.split(",")) {
    const broker = parseBrokerUrl(part.trim());
    if (!broker.ok) return broker;
    const { hostname, port } = broker.value;
    if (brokers.some((other) => other.hostname === hostname && other.port === port)) {
      return bad("each broker once", `${hostname}:${port} twice`);
    }
    brokers.push(broker.value);
  }
  return brokers.length <= BROKERS_MAX ? good(brokers) : bad(`at most ${BROKERS_MAX} brokers`);
}

/** The base URL of an HTTP API. Trailing slashes are removed. */
export function parseApiUrl(text: string): Parsed<string> {
  const expected = "a URL such as https://api.twilio.com";
  if (text.includes("@")) return withCredentials(expected);
  return isHttpUrl(text) && !text.includes("?") ? good(text.replace(/\/+$/, "")) : bad(expected);
}

/**
 * The URL to which messages are posted, unchanged and with its query. An invalid one is not shown,
 * because it usually contains a secret.
 */
export function parseWebhookUrl(text: string): Parsed<string> {
  const expected = "a URL that begins with https:// or http://, without user name and password";
  return isHttpUrl(text) ? good(text) : bad(expected, "something else");
}

/** An absolute HTTP URL without credentials and without a fragment. */
function isHttpUrl(text: string): boolean {
  const authority = /^https?:\/\/([^/?#\\]+)[^#\s]*$/i.exec(text)?.[1];
  if (authority === undefined || text.length > TEXT_LENGTH_MAX) return false;
  const parsed = parseHostAndPort(authority);
  return parsed.ok && parsed.value.port !== 0;
}

function withCredentials(expected: string): Parsed<never> {
  return bad(
    `${expected}, with user name and password in keys of their own`,
    'a URL with "@" in it',
  );
}
