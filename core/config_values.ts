/** One value of `config.ini` at a time: text in, a typed value or what was expected out. */

import { HUB_USER } from "./access.ts";
import type { Endpoint, LedSetting } from "./config.ts";
import { formatDuration, parseDurationMs } from "./duration.ts";
import { NAME_MAX, NODE_ID_PATTERN } from "./wire.ts";

/** `found` stands in for the text where the text may hold a secret. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly expected: string; readonly found?: string };

export type Parser<T> = (text: string) => Parsed<T>;

/** A broker's address as `url`, or `host` and `port`, give it. */
export interface BrokerAddress extends Endpoint {
  readonly tls: boolean;
}

/** Values that no program needs longer: paths, URLs, secrets. */
const TEXT_LENGTH_MAX = 4096;

const TOPIC_ROOT_LENGTH_MAX = 128;
const NODES_MAX = 5000;
const RECIPIENTS_MAX = 20;

/** Lines 0 to 27 are on the header of every 40-pin Pi. */
const BCM_LINE_MAX = 27;

const MQTT_PORT = 1883;
const MQTTS_PORT = 8883;

const HOST = "\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]{1,253}";
const HOST_PATTERN = new RegExp(`^(?:${HOST}|[0-9a-fA-F:.]{2,45})$`);
const ENDPOINT_PATTERN = new RegExp(`^(${HOST}):(\\d{1,5})$`);
const BROKER_URL_PATTERN = new RegExp(`^(mqtts?)://(${HOST})(?::(\\d{1,5}))?/?$`, "i");
const API_URL_PATTERN = new RegExp(`^https?://(?:${HOST})(?::(\\d{1,5}))?(?:/[^\\s?#@]*)?$`, "i");
const E164_PATTERN = /^\+[1-9]\d{6,14}$/;
const SENDER_ID_PATTERN = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/;
const SHORT_CODE_PATTERN = /^\d{5,6}$/;
const CONTROL_CHARACTER = /[\p{Cc}\p{Zl}\p{Zp}]/u;

function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

function bad(expected: string, found?: string): Parsed<never> {
  return found === undefined ? { ok: false, expected } : { ok: false, expected, found };
}

/** Any text on one line. */
export function textOf(what: string, lengthMax = TEXT_LENGTH_MAX): Parser<string> {
  return (text) =>
    text !== "" && text.length <= lengthMax && !CONTROL_CHARACTER.test(text)
      ? good(text)
      : bad(`${what} of 1 to ${lengthMax} characters`);
}

/** As text, but says of a bad value only what is wrong with it. */
export function parseSecret(text: string): Parsed<string> {
  const expected = `a secret of 1 to ${TEXT_LENGTH_MAX} characters on one line`;
  if (text === "") return bad(expected, "an empty value");
  if (text.length > TEXT_LENGTH_MAX) return bad(expected, "a longer one");
  if (CONTROL_CHARACTER.test(text)) return bad(expected, "one with control characters");
  return good(text);
}

/** What people call a node. */
export const parseName: Parser<string> = textOf("a name", NAME_MAX);

/** A duration between two bounds, both included, in milliseconds. */
export function durationBetween(minMs: number, maxMs: number): Parser<number> {
  return (text) => {
    const ms = parseDurationMs(text.toLowerCase());
    if (ms === undefined) return bad("a duration such as 500ms, 4s, 2m or 1h");
    return ms >= minMs && ms <= maxMs
      ? good(ms)
      : bad(`a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`);
  };
}

/** A whole number between two bounds, both included. */
export function wholeNumberBetween(min: number, max: number): Parser<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? good(value) : bad(`a whole number from ${min} to ${max}`);
  };
}

export function parseBoolean(text: string): Parsed<boolean> {
  switch (text.toLowerCase()) {
    case "yes":
    case "true":
    case "on":
      return good(true);
    case "no":
    case "false":
    case "off":
      return good(false);
    default:
      return bad("yes or no");
  }
}

/** One of some words, in any letter case. */
export function oneOf<const Word extends string>(words: readonly Word[]): Parser<Word> {
  return (text) => {
    const word = words.find((known) => known === text.toLowerCase());
    return word === undefined ? bad(`one of ${words.join(", ")}`) : good(word);
  };
}

/** A list of values between commas; empty text is the empty list, and doubles count once. */
function listOf(parse: Parser<string>, lengthMax: number): Parser<readonly string[]> {
  return (text) => {
    const items = new Set<string>();
    for (const part of text === "" ? [] : text.split(",")) {
      const item = parse(part.trim());
      if (!item.ok) return bad(`${item.expected}, separated by commas`);
      items.add(item.value);
    }
    return items.size <= lengthMax ? good([...items]) : bad(`at most ${lengthMax} of them`);
  };
}

/** A node's id; the hub's own topic level and user name is taken. */
export function parseNodeId(text: string): Parsed<string> {
  if (text === HUB_USER) return bad(`another id, for "${HUB_USER}" is the hub's own`);
  return NODE_ID_PATTERN.test(text)
    ? good(text)
    : bad("1 to 63 lower-case letters, digits and hyphens");
}

export const parseNodeIds: Parser<readonly string[]> = listOf(parseNodeId, NODES_MAX);

/** MQTT 3.1.1, 4.7: no wildcards, and topics that begin with `$` are the broker's own. */
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
  // No slash and no leading dot: the name becomes a directory's name under /sys/class/leds.
  const [, name] = /^sysfs:([A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,63})$/i.exec(text) ?? [];
  if (name !== undefined) return good({ kind: "sysfs", name });
  const line = parseLine(text);
  if (!line.ok) return bad(`${line.expected}, or an on-board LED such as sysfs:ACT`);
  return good(line.value === undefined ? { kind: "none" } : { kind: "line", line: line.value });
}

/** An address to listen on; port 0 lets the system choose. */
export function parseEndpoint(text: string): Parsed<Endpoint> {
  const [, host, digits] = ENDPOINT_PATTERN.exec(text) ?? [];
  const port = Number(digits);
  return host !== undefined && port <= 65535
    ? good({ hostname: withoutBrackets(host), port })
    : bad("an address and port such as 0.0.0.0:8080 or [::]:8080");
}

export function parseHost(text: string): Parsed<string> {
  return HOST_PATTERN.test(text) ? good(withoutBrackets(text)) : bad("a host name or IP address");
}

export const parsePort: Parser<number> = wholeNumberBetween(1, 65535);

/** Only TCP with or without TLS; credentials have keys of their own, which keeps them out of logs. */
export function parseBrokerUrl(text: string): Parsed<BrokerAddress> {
  const expected = "a URL such as mqtt://192.168.1.10:1883 or mqtts://broker.example";
  if (text.includes("@")) return withCredentials(expected);
  const [, scheme, host, digits] = BROKER_URL_PATTERN.exec(text) ?? [];
  if (scheme === undefined || host === undefined) return bad(expected);
  const tls = scheme.toLowerCase() === "mqtts";
  const port = digits === undefined ? (tls ? MQTTS_PORT : MQTT_PORT) : Number(digits);
  if (port < 1 || port > 65535) return bad(expected);
  return good({ hostname: withoutBrackets(host), port, tls });
}

/** The base of an HTTP API, without the slashes at its end. */
export function parseApiUrl(text: string): Parsed<string> {
  const expected = "a URL such as https://api.twilio.com";
  if (text.includes("@")) return withCredentials(expected);
  const match = text.length <= TEXT_LENGTH_MAX ? API_URL_PATTERN.exec(text) : null;
  if (!match || Number(match[1] ?? 80) < 1 || Number(match[1] ?? 80) > 65535) return bad(expected);
  return good(text.replace(/\/+$/, ""));
}

function withCredentials(expected: string): Parsed<never> {
  return bad(
    `${expected}, with user name and password in keys of their own`,
    'a URL with "@" in it',
  );
}

function parsePhoneNumber(text: string): Parsed<string> {
  const digits = text.replace(/[ ()-]/g, "");
  return E164_PATTERN.test(digits) ? good(digits) : bad("E.164 numbers such as +4915112345678");
}

export const parseRecipients: Parser<readonly string[]> = listOf(parsePhoneNumber, RECIPIENTS_MAX);

/** A number, a short code, or an alphanumeric sender id of up to 11 characters. */
export function parseSender(text: string): Parsed<string> {
  if (SENDER_ID_PATTERN.test(text) || SHORT_CODE_PATTERN.test(text)) return good(text);
  const number = parsePhoneNumber(text);
  return number.ok
    ? number
    : bad("a number such as +15005550006, a short code, or a sender id of up to 11 characters");
}

/** An identifier of Twilio's. A bad one is not shown: it may be the token, pasted one line too far. */
export function twilioSid(prefix: string): Parser<string> {
  const pattern = new RegExp(`^${prefix}[0-9a-zA-Z]{32}$`);
  return (text) =>
    pattern.test(text)
      ? good(text)
      : bad(`${prefix} and 32 more characters`, `${text.length} characters that are not that`);
}

function withoutBrackets(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}
