/** Decodes vitals from the network, or gives the reason why it cannot. */

import * as v from "valibot";
import { decode, type Decoded } from "./decoding.ts";
import { isVitalName, type Level, type Vital, VITAL_KINDS, type Vitals } from "./vitals.ts";

/** Further vitals of one node are ignored. */
export const VITALS_MAX = 32;
const VITAL_NAME = /^[a-z][a-z0-9_]{0,31}$/;
/** Keys of the same message that are no vitals, see `ways.ts` and `update_report.ts`. */
export const WAYS_KEY = "ways";
export const UPDATE_KEY = "update";
const OTHER_KEYS: readonly string[] = [WAYS_KEY, UPDATE_KEY];

const level = v.picklist(["ok", "warning", "critical"] satisfies readonly Level[]);
const notSupported = v.object({ value: v.null(), level: v.literal("not_supported") });
const finite = v.custom<number>((value) => typeof value === "number" && Number.isFinite(value));
const gauge = v.union(
  [notSupported, v.object({ value: finite, level })],
  "a finite number with its level",
);
const flag = v.union(
  [notSupported, v.object({ value: v.boolean(), level })],
  "a boolean with its level",
);
const unknownKind = v.union([gauge, flag]);
const knownKinds = v.object(Object.fromEntries(
  Object.entries(VITAL_KINDS).map(([name, { kind }]) => [
    name,
    // An existing key must hold a vital. Elsewhere JSON's `null` means absent.
    v.exactOptional(kind === "flag" ? flag : gauge),
  ]),
));

/**
 * Decodes the vitals in the JSON object of a payload. Known kinds must be valid. An agent may be
 * newer than its hub, so unknown kinds are kept if they look like vitals, and otherwise ignored.
 * They never replace a known kind.
 */
export function decodeVitals(payload: object): Decoded<Vitals> {
  const known = decode(knownKinds, payload, { whole: "payload" });
  if (!known.ok) return known;
  const vitals = new Map<string, Vital>();
  for (const [name, vital] of Object.entries(known.value)) {
    if (vital !== undefined) vitals.set(name, vital);
  }
  const entries: [string, unknown][] = Object.entries(payload);
  for (const [name, raw] of entries) {
    if (vitals.size >= VITALS_MAX) break;
    if (isVitalName(name) || OTHER_KEYS.includes(name) || !VITAL_NAME.test(name)) continue;
    const vital = v.safeParse(unknownKind, raw);
    if (vital.success) vitals.set(name, vital.output);
  }
  return { ok: true, value: Object.fromEntries(vitals) };
}
