/** Why an incident began: a code, or an object where numbers and names belong to the code. */

import * as v from "valibot";
import { BLINDNESSES } from "../detection/blindness.ts";
import { MESSAGE_LOSSES } from "../detection/message_loss.ts";
import { DEATH_CAUSES } from "../detection/node_state.ts";
import { STORAGE_FAULTS } from "../protocol/storage.ts";
import { providerFailureEntries } from "./provider_failure.ts";

/**
 * Why the hub cannot write its history. `full`: no room on the disk; `read_only`: it can be read, not
 * written; `locked`: another program holds the database; `damaged`: what is in it is not what was
 * written; `deleted`, `replaced`: it is not the file any more that the hub had opened; `no_answer`:
 * a program that accesses it hangs; `no_access`: it cannot be opened; `io_error`: the disk fails.
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

/** Every code that stands alone. */
export const CAUSE_CODES = [
  ...new Set(
    [
      ...DEATH_CAUSES,
      ...BLINDNESSES,
      ...STORAGE_FAULTS,
      ...HISTORY_FAULTS,
      ...MESSAGE_LOSSES,
      /** A node died so often that it counts as flapping. */
      "flapping",
      /** A node came back with another boot id and had not said farewell. */
      "unexpected_reboot",
    ] as const,
  ),
];

export type CauseCode = typeof CAUSE_CODES[number];

const structuredCause = v.variant("kind", [
  v.object({
    kind: v.literal("provider"),
    ...providerFailureEntries,
    /** The same in the channel's English, with advice: for messages and the log. */
    why: v.string(),
  }),
  v.object({
    kind: v.literal("common"),
    /** The group of `[cluster] groups`; left out for the whole cluster. */
    group: v.optional(v.string()),
    /** How many died. */
    count: v.number(),
    /** Of how many that lived before. */
    of: v.number(),
  }),
  /** The words of another version of the hub. */
  v.object({ kind: v.literal("other"), text: v.string() }),
]);

type StructuredCause = Readonly<v.InferOutput<typeof structuredCause>>;

/** A provider takes no messages. */
export type ProviderCause = Extract<StructuredCause, { readonly kind: "provider" }>;
/** Several nodes died together. */
export type CommonDeaths = Extract<StructuredCause, { readonly kind: "common" }>;
/** What this version has no code for. */
export type OtherCause = Extract<StructuredCause, { readonly kind: "other" }>;

export type Cause = CauseCode | StructuredCause;

/** Where nothing is known of a cause. */
export const UNKNOWN_CAUSE: OtherCause = { kind: "other", text: "" };

/** The cause as it is kept in the database. */
export function storedCause(cause: Cause): string {
  return typeof cause === "string" ? cause : JSON.stringify(cause);
}

/** Reads what `storedCause` wrote. Any other text is the cause of another version, and is kept. */
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
