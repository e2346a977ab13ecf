/** What a node reports about upgrades that its hub offers. */

import * as v from "valibot";

export const UPDATE_STATES = [
  /** It takes upgrades, and none was asked for. */
  "ready",
  /** Its agent has asked the updater, which has not begun. */
  "asked",
  "running",
  "done",
  "failed",
] as const;
export type UpdateState = typeof UPDATE_STATES[number];

/** Why a node's updater gave up. Nothing is installed after any of them but the last three. */
export const UPDATE_FAILURES = [
  /** Root has taken the file away by which the node takes upgrades. */
  "off",
  /** The configuration lacks something, or others than root may write it. */
  "config",
  /** A program is missing that the updater needs. */
  "system",
  "download",
  /** The hub refused the node's credential. */
  "credential",
  /** The list of packages is not signed by the key that the node got when it joined. */
  "signature",
  /** The list is signed, and is for another node, another request, or not as it should be. */
  "manifest",
  /** The hub has no package for this node. */
  "no_package",
  /** The offered version is older than the installed one. */
  "older",
  "too_large",
  /** A package arrived with another content than the list says. */
  "checksum",
  /** A package is not what its name says. */
  "package",
  /** apt did not install the packages. */
  "install",
  /** The upgrade was interrupted again and again. */
  "interrupted",
  /** A reason that this version does not know. */
  "other",
] as const;
export type UpdateFailure = typeof UPDATE_FAILURES[number];

export interface UpdateReport {
  readonly state: UpdateState;
  /** Identifies the updater's last run. */
  readonly run?: string;
  /** The version that it was about, if the updater knew it. */
  readonly version?: string;
  /** With `failed`. */
  readonly failure?: UpdateFailure;
}

const VERSION_PATTERN = /^\d[\w.+~-]{0,63}$/;
const RUN_PATTERN = /^[\w-]{1,64}$/;
const FILE_LINES_MAX = 8;

const reportSchema = v.object({
  state: v.picklist(UPDATE_STATES),
  run: v.fallback(v.optional(v.pipe(v.string(), v.regex(RUN_PATTERN))), undefined),
  version: v.fallback(v.optional(v.pipe(v.string(), v.regex(VERSION_PATTERN))), undefined),
  failure: v.fallback(v.optional(v.picklist(UPDATE_FAILURES)), "other"),
});

/**
 * Decodes the value of `update` in a message; `undefined` if it is invalid. Never fails, because
 * the vitals beside it are valid without it.
 */
export function decodeUpdate(value: unknown): UpdateReport | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const found = v.safeParse(reportSchema, value);
  if (!found.success) return undefined;
  const { state, run, version, failure } = found.output;
  return {
    state,
    ...(run === undefined ? {} : { run }),
    ...(version === undefined ? {} : { version }),
    ...(state === "failed" ? { failure: failure ?? "other" } : {}),
  };
}

/** Decodes the file in which the updater keeps its result: lines such as `state=failed`. */
export function decodeUpdateFile(text: string): UpdateReport | undefined {
  const lines = text.split("\n").slice(0, FILE_LINES_MAX);
  const entries = lines.flatMap((line) => {
    const [, name, value] = /^([a-z]{1,16})=(.+)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return decodeUpdate(Object.fromEntries(entries));
}

/** Whether two reports say the same. */
export function isSameUpdate(
  one: UpdateReport | undefined,
  other: UpdateReport | undefined,
): boolean {
  return one?.state === other?.state && one?.run === other?.run &&
    one?.version === other?.version && one?.failure === other?.failure;
}
