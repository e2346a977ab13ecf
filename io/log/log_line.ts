/** Formats one event of the log as a line of text or JSON. */

import { redacted } from "./redaction.ts";

export const LOG_LEVELS = ["debug", "info", "warning", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export type LogProperties = Readonly<Record<string, unknown>>;

export interface LogEvent {
  /** Wall-clock time in milliseconds since 1970. */
  readonly at: number;
  readonly level: LogLevel;
  readonly topic: string;
  readonly message: string;
  readonly properties: LogProperties;
}

export interface LineOptions {
  readonly format: LogFormat;
  /** systemd adds the time itself and takes the priority from a prefix, sd-daemon(3). */
  readonly systemd: boolean;
}

/** Large enough for a stack trace, too small for a payload of a megabyte. */
const VALUE_LENGTH_MAX = 4000;
const PROPERTIES_MAX = 32;
const DEPTH_MAX = 4;
const ITEMS_MAX = 50;

/** The numbers of syslog(3). */
const PRIORITIES: Readonly<Record<LogLevel, number>> = { error: 3, warning: 4, info: 6, debug: 7 };

/**
 * Returns the line without its line end. Secrets are replaced. Characters that could end the line
 * early or control a terminal are escaped.
 */
export function formatLine(event: LogEvent, { format, systemd }: LineOptions): string {
  const prefix = systemd ? `<${PRIORITIES[event.level]}>` : "";
  const properties = Object.entries(event.properties).slice(0, PROPERTIES_MAX)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [clean(key), plain(value, 0)] as const);
  return prefix +
    (format === "json" ? jsonOf(event, properties, systemd) : textOf(event, properties, systemd));
}

type Plain = string | number | boolean | null | readonly Plain[] | {
  readonly [key: string]: Plain;
};
type Properties = readonly (readonly [string, Plain])[];

function textOf(event: LogEvent, properties: Properties, systemd: boolean): string {
  const time = systemd ? "" : `${localTime(event.at)} `;
  const pairs = properties.map(([key, value]) => ` ${key}=${shown(value)}`).join("");
  const message = escaped(clean(event.message));
  return `${time}${event.level} ${event.topic}  ${message}${escaped(pairs)}`;
}

function jsonOf(event: LogEvent, properties: Properties, systemd: boolean): string {
  const fields: Record<string, Plain> = Object.create(null);
  if (!systemd) fields["time"] = new Date(event.at).toISOString();
  fields["level"] = event.level;
  fields["topic"] = event.topic;
  fields["message"] = clean(event.message);
  for (const [key, value] of properties) fields[key in fields ? `property_${key}` : key] = value;
  return escaped(JSON.stringify(fields));
}

/** `2026-11-22 14:02:11` in the machine's own time zone. */
function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** A string that needs no quotes stays as it is. Everything else becomes JSON. */
function shown(value: Plain): string {
  return typeof value === "string" && /^[^\s"'=\\{}[\]]+$/.test(value)
    ? value
    : JSON.stringify(value);
}

function plain(value: unknown, depth: number): Plain {
  switch (typeof value) {
    case "string":
      return clean(value);
    case "number": {
      const text = clean(String(value));
      return Number.isFinite(value) && text === String(value) ? value : text;
    }
    case "boolean":
      return value;
    case "object":
      return value === null ? null : limited(plainObject(value, depth), depth);
    default:
      return clean(String(value));
  }
}

function plainObject(value: object, depth: number): Plain {
  if (value instanceof Error) return clean(errorText(value));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "never" : value.toISOString();
  if (depth >= DEPTH_MAX) return "…";
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) {
    return value.slice(0, ITEMS_MAX).map((item) => plain(item, depth + 1));
  }
  const entries = Object.entries(value).slice(0, ITEMS_MAX);
  return Object.fromEntries(entries.map(([key, item]) => [clean(key), plain(item, depth + 1)]));
}

/** A large structure is cut to the beginning of its JSON. */
function limited(value: Plain, depth: number): Plain {
  if (depth > 0 || typeof value === "string") return value;
  const json = JSON.stringify(value);
  return json.length > VALUE_LENGTH_MAX ? `${json.slice(0, VALUE_LENGTH_MAX)}…` : value;
}

/**
 * The stack of the error and of its causes. Other fields of the error are omitted, because
 * libraries keep secrets there.
 */
function errorText(error: Error): string {
  const texts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < DEPTH_MAX && current instanceof Error; depth++) {
    texts.push(current.stack ?? `${current.name}: ${current.message}`);
    current = current.cause;
  }
  return texts.join("\ncaused by ");
}

function clean(text: string): string {
  const safe = redacted(text);
  return safe.length > VALUE_LENGTH_MAX ? `${safe.slice(0, VALUE_LENGTH_MAX)}…` : safe;
}

/**
 * Escapes control characters, line separators, and characters that change the writing direction.
 */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    if (character === "\n") return "\\n";
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
