/** Why an incident began: a code, or an object if the code needs numbers or names. */

import * as v from "valibot";
import { BLINDNESSES } from "../detection/blindness.ts";
import { MESSAGE_LOSSES } from "../detection/message_loss.ts";
import { DEATH_CAUSES } from "../detection/node_state.ts";
import { STORAGE_FAULTS } from "../protocol/storage.ts";
import { ACCESS_FAULTS } from "../protocol/ways.ts";
import { providerFailureEntries } from "./provider_failure.ts";

/**
 * Why the hub cannot write its history. `full`: the disk has no free space; `read_only`: the
 * database can be read but not written; `locked`: another program holds the database; `damaged`:
 * its content is not what was written; `deleted`, `replaced`: it is no longer the file that the hub
 * opened; `no_answer`: a program that accesses it hangs; `no_access`: it cannot be opened;
 * `io_error`: the disk fails.
 */
export const HISTORY_FAULTS = [
  "full",
  "read_only",
  "locked",
  "damaged",
  "deleted",
  "replaced",
  "no_access",
  "no_answer",
  "io_error",
] as const;

export type HistoryFault = typeof HISTORY_FAULTS[number];

/** All codes that need no numbers or names. */
export const CAUSE_CODES = [
  ...new Set(
    [
      ...DEATH_CAUSES,
      ...BLINDNESSES,
      ...STORAGE_FAULTS,
      ...HISTORY_FAULTS,
      ...MESSAGE_LOSSES,
      ...ACCESS_FAULTS,
      /** A broker is away, and some nodes know no other. */
      "broker_away",
      /** Another hub uses the hub's broker. */
      "same_broker",
      /** A node died so often that it counts as flapping. */
      "flapping",
      /** A node came back with another boot id and had not announced its stop. */
      "unexpected_reboot",
    ] as const,
  ),
];

export type CauseCode = typeof CAUSE_CODES[number];

const structuredCause = v.variant("kind", [
  v.object({
    kind: v.literal("provider"),
    ...providerFailureEntries,
    /** The same in the channel's English text, with advice: for messages and the log. */
    why: v.string(),
  }),
  v.object({
    kind: v.literal("common"),
    /** The group of `[cluster] groups`; absent for the whole cluster. */
    group: v.optional(v.string()),
    /** The number of nodes that died. */
    count: v.number(),
    /** The number of nodes that were alive before. */
    of: v.number(),
  }),
  /** The text that another version of the hub wrote. */
  v.object({ kind: v.literal("other"), text: v.string() }),
]);

type StructuredCause = Readonly<v.InferOutput<typeof structuredCause>>;

/** A provider accepts no messages. */
export type ProviderCause = Extract<StructuredCause, { readonly kind: "provider" }>;
/** Several nodes died together. */
export type CommonDeaths = Extract<StructuredCause, { readonly kind: "common" }>;
/** A cause for which this version has no code. */
export type OtherCause = Extract<StructuredCause, { readonly kind: "other" }>;

export type Cause = CauseCode | StructuredCause;

/** The cause when nothing is known about it. */
export const UNKNOWN_CAUSE: OtherCause = { kind: "other", text: "" };

/** Returns the cause as the database stores it. */
export function storedCause(cause: Cause): string {
  return typeof cause === "string" ? cause : JSON.stringify(cause);
}

/** Reads what `storedCause` wrote. Any other text is a cause from another version, and is kept. */
export function causeFrom(stored: string): Cause {
  const code = CAUSE_CODES.find((one) => one === stored);
  return code ?? structuredFrom(stored) ?? { kind: "other", text: stored };
}

function structuredFrom(stored: string): StructuredCause | undefined {
  if (!stored.startsWith("{")) return undefined;
  try {
    const found = v.safeParse(structuredCause, JSON.parse(stored));
    return found.success ? found.output : undefined;
  } catch {
    return undefined;
  }
}
