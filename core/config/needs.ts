/** The keys that a kind of channel needs. Each receiver declares its own. */

import { bad, type Parser } from "../text/parser.ts";
import type { ChannelKey } from "./keys.ts";

/** One key of a channel. `fallback` is text in the syntax of the file. */
export type Need<T = unknown> =
  | { readonly use: "required" | "optional"; readonly parse: Parser<T> }
  | { readonly use: "defaulted"; readonly parse: Parser<T>; readonly fallback: string };

export type Needs = Readonly<Partial<Record<ChannelKey, Need>>>;

/**
 * A kind of channel, for the configuration. Keys that it does not declare have no meaning for it.
 */
export interface ChannelKind {
  /** The value of `kind` or `preset`. */
  readonly kind: string;
  readonly needs: Needs;
  /** Checks combinations of keys. `has` tells whether a key has a value. */
  readonly check?: (has: (key: ChannelKey) => boolean) => NeedIssue | undefined;
}

export interface NeedIssue {
  readonly key: ChannelKey;
  readonly expected: string;
  readonly found: string;
  /** The key is missing because of the channel's kind. */
  readonly isForKind?: true;
}

/** The values of a channel by their keys: texts that are checked but not parsed. */
export type ChannelValues = Readonly<Partial<Record<ChannelKey, string>>>;

/** The settings that result from needs and values. */
export type SettingsOf<N extends Needs> = {
  readonly [K in keyof N]: N[K] extends
    { readonly use: "optional"; readonly parse: Parser<infer T> } ? T | undefined
    : N[K] extends { readonly parse: Parser<infer T> } ? T
    : never;
};

export function required<T>(parse: Parser<T>): { readonly use: "required"; parse: Parser<T> } {
  return { use: "required", parse };
}

export function optional<T>(parse: Parser<T>): { readonly use: "optional"; parse: Parser<T> } {
  return { use: "optional", parse };
}

export function defaulted<T>(
  parse: Parser<T>,
  fallback: string,
): { readonly use: "defaulted"; parse: Parser<T>; readonly fallback: string } {
  return { use: "defaulted", parse, fallback };
}

/**
 * Throws for a value that the configuration's check would have refused. The error does not contain
 * it.
 */
export function settingsOf<N extends Needs>(
  needs: N,
  values: ChannelValues,
  section: string,
): SettingsOf<N> {
  const settings = Object.entries(needs).map(([key, need]) => {
    const text = values[key as ChannelKey] || fallbackOf(need);
    if (text === undefined && need.use === "optional") return [key, undefined];
    const parsed = text === undefined ? bad("a value") : need.parse(text);
    if (!parsed.ok) throw new Error(`Cannot use [${section}] ${key}: expected ${parsed.expected}`);
    return [key, parsed.value];
  });
  return Object.fromEntries(settings);
}

function fallbackOf(need: Need): string | undefined {
  return need.use === "defaulted" ? need.fallback : undefined;
}
