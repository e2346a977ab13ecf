/** What a kind of channel must be told: each receiver declares it. */

import { bad, type Parser } from "../text/parser.ts";
import type { ChannelKey } from "./keys.ts";

/** One key of a channel. `fallback` is text as somebody would write it. */
export type Need<T = unknown> =
  | { readonly use: "required" | "optional"; readonly parse: Parser<T> }
  | { readonly use: "defaulted"; readonly parse: Parser<T>; readonly fallback: string };

export type Needs = Readonly<Partial<Record<ChannelKey, Need>>>;

/** A kind of channel, as far as the configuration is concerned. A key that it does not name means nothing to it. */
export interface ChannelKind {
  /** What `kind` or `preset` says. */
  readonly kind: string;
  readonly needs: Needs;
  /** What keys must be together; `has` tells whether somebody wrote one. */
  readonly check?: (has: (key: ChannelKey) => boolean) => NeedIssue | undefined;
}

export interface NeedIssue {
  readonly key: ChannelKey;
  readonly expected: string;
  readonly found: string;
  /** It is missing because of what the kind is. */
  readonly isForKind?: true;
}

/** The values of a channel by their keys: what a person wrote, checked but not parsed. */
export type ChannelValues = Readonly<Partial<Record<ChannelKey, string>>>;

/** The settings that needs make of values. */
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

/** Throws, without repeating it, for a value that the configuration's check would not have let pass. */
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
