/**
 * Parsers for values of `config.ini`: they turn a text into a typed value, or say what was
 * expected.
 */

import { formatDuration, parseDurationMs } from "./duration.ts";

/** `found` replaces the text where it may contain a secret. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly expected: string; readonly found?: string };

export type Parser<T> = (text: string) => Parsed<T>;

/** No path, URL or secret needs to be longer. */
export const TEXT_LENGTH_MAX = 4096;

/** Characters that break a line or control a terminal. */
export const CONTROL_CHARACTER = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** A valid value. */
export function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** An invalid value, with what was expected instead. */
export function bad(expected: string, found?: string): Parsed<never> {
  return found === undefined ? { ok: false, expected } : { ok: false, expected, found };
}

/** Any text on one line. */
export function textOf(what: string, lengthMax = TEXT_LENGTH_MAX): Parser<string> {
  return (text) =>
    text !== "" && text.length <= lengthMax && !CONTROL_CHARACTER.test(text)
      ? good(text)
      : bad(`${what} of 1 to ${lengthMax} characters`);
}

/** A secret. An issue describes an invalid value and never shows it. */
export function parseSecret(text: string): Parsed<string> {
  const expected = `a secret of 1 to ${TEXT_LENGTH_MAX} characters on one line`;
  if (text === "") return bad(expected, "an empty value");
  if (text.length > TEXT_LENGTH_MAX) return bad(expected, "a longer one");
  if (CONTROL_CHARACTER.test(text)) return bad(expected, "one with control characters");
  return good(text);
}

/** A duration between two limits, both included, in milliseconds. */
export function durationBetween(minMs: number, maxMs: number): Parser<number> {
  return (text) => {
    const ms = parseDurationMs(text.toLowerCase());
    if (ms === undefined) return bad("a duration such as 500ms, 4s, 2m or 1h");
    return ms >= minMs && ms <= maxMs
      ? good(ms)
      : bad(`a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`);
  };
}

/** A whole number between two limits, both included. */
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

/** One of the words, in any letter case. */
export function oneOf<const Word extends string>(words: readonly Word[]): Parser<Word> {
  return (text) => {
    const word = words.find((known) => known === text.toLowerCase());
    return word === undefined ? bad(`one of ${words.join(", ")}`) : good(word);
  };
}

/**
 * A list of values separated by commas. An empty text is an empty list, and duplicates count once.
 */
export function listOf<T>(parse: Parser<T>, lengthMax: number): Parser<readonly T[]> {
  return (text) => {
    const items = new Set<T>();
    for (const part of text === "" ? [] : text.split(",")) {
      const item = parse(part.trim());
      if (!item.ok) return bad(`${item.expected}, separated by commas`);
      items.add(item.value);
    }
    return items.size <= lengthMax ? good([...items]) : bad(`at most ${lengthMax} of them`);
  };
}
