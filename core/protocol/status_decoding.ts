/** Decodes the status of a node or the hub: birth, last will and farewell. */

import * as v from "valibot";
import { withoutMarks } from "../text/plain_text.ts";
import { type Decoded, validate } from "./decoding.ts";
import {
  type Birth,
  type Facts,
  type Farewell,
  FAREWELL_REASONS,
  isNameLength,
  type LastWill,
  NAME_MAX,
} from "./wire.ts";

/** The largest number of facts of a birth, and the length of a fact. */
const FACTS_MAX = 32;
const FACT_LENGTH_MAX = 256;
/** An announced heartbeat interval outside of these limits is set to the nearest limit. */
const INTERVAL_MS_MIN = 250;
const INTERVAL_MS_MAX = 60_000;
/**
 * A longer announced reconnect time is reduced, because it delays every verdict after the broker's
 * return.
 */
const RECONNECT_MS_MAX = 600_000;

export const session = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,64}$/, "a session of 1 to 64 characters"),
);
export const intervalMs = v.pipe(
  v.number(),
  v.minValue(1),
  v.transform((ms) => Math.min(INTERVAL_MS_MAX, Math.max(INTERVAL_MS_MIN, Math.round(ms)))),
);
const reconnectMs = v.pipe(
  v.number(),
  v.minValue(0),
  v.transform((ms) => Math.min(RECONNECT_MS_MAX, Math.round(ms))),
);
const NAME_EXPECTED = "a name that can be shown, without control characters";
export const nodeName = v.pipe(
  v.string(),
  v.check(isNameLength, `a name of at most ${NAME_MAX} characters`),
  v.check(isShowable, NAME_EXPECTED),
  // People who write from right to left use marks of direction legitimately.
  v.transform(withoutMarks),
  v.check((text) => text.trim() !== "", NAME_EXPECTED),
);

/**
 * A control character or line separator could forge a line of a log or an SMS, and a blank name
 * shows nothing.
 */
function isShowable(text: string): boolean {
  return text.trim() !== "" && text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}

const statusSchema = v.variant("kind", [
  v.looseObject({
    kind: v.literal("birth"),
    session,
    name: v.optional(nodeName),
    every_ms: intervalMs,
    reconnect_ms: v.optional(reconnectMs, 2000),
  }),
  v.object({ kind: v.literal("last_will"), session }),
  v.object({
    kind: v.literal("farewell"),
    session,
    reason: v.optional(
      v.fallback(v.picklist([...FAREWELL_REASONS, "unknown"]), "unknown"),
      "unknown",
    ),
  }),
]);
export function decodeStatus(json: object): Decoded<Birth | LastWill | Farewell> {
  const found = validate(statusSchema, json);
  if (!found.ok) return found;
  const status = found.value;
  if (status.kind !== "birth") return { ok: true, value: status };
  const { kind, session, name, every_ms, reconnect_ms, ...rest } = status;
  const birth: Birth = {
    kind,
    session,
    name,
    everyMs: every_ms,
    reconnectMs: reconnect_ms,
    facts: factsOf(rest),
  };
  return { ok: true, value: birth };
}

/** Facts are for people. Only short texts, numbers and lists of texts are kept. */
function factsOf(rest: Record<string, unknown>): Facts {
  const facts: Record<string, string | number | readonly string[]> = {};
  const isText = (value: unknown): value is string =>
    typeof value === "string" && value.length <= FACT_LENGTH_MAX;
  for (const [key, value] of Object.entries(rest).slice(0, FACTS_MAX)) {
    if (!/^[a-z0-9_]{1,32}$/.test(key) || key === "__proto__") continue;
    if (isText(value)) facts[key] = withoutMarks(value);
    else if (typeof value === "number" && Number.isFinite(value)) facts[key] = value;
    else if (Array.isArray(value) && value.length <= FACTS_MAX && value.every(isText)) {
      facts[key] = value.map(withoutMarks);
    }
  }
  return facts;
}
