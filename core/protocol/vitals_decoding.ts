/** Vitals as strangers send them become vitals here, or a reason why not. */

import {
  isVitalName,
  type Level,
  type Vital,
  VITAL_KINDS,
  type VitalKind,
  type Vitals,
} from "./vitals.ts";

/** Vitals of one node beyond this are left out. */
export const VITALS_MAX = 32;
const VITAL_NAME = /^[a-z][a-z0-9_]{0,31}$/;
const LEVELS: ReadonlySet<unknown> = new Set<Level>(["ok", "warning", "critical", "not_supported"]);

/** Decoded vitals, or why there are none: where, what was expected, what was found. */
export type DecodedVitals =
  | { readonly ok: true; readonly value: Vitals }
  | { readonly ok: false; readonly reason: string };

/**
 * The vitals in the JSON object of a payload, at the border. Known kinds must be right. Others are
 * kept if they look like vitals, for an agent may be newer than its hub, and ignored if not; they
 * never crowd out a known kind.
 */
export function decodeVitals(payload: object): DecodedVitals {
  const vitals = new Map<string, Vital>();
  const entries: [string, unknown][] = Object.entries(payload);
  for (const [name, raw] of entries) {
    if (!isVitalName(name)) continue;
    const vital = decodeVital(VITAL_KINDS[name].kind, raw);
    if (vital === undefined) {
      const expected = VITAL_KINDS[name].kind === "flag" ? "a boolean" : "a finite number";
      const found = describe(raw);
      return { ok: false, reason: `${name}: expected ${expected} with its level, found ${found}` };
    }
    vitals.set(name, vital);
  }
  for (const [name, raw] of entries) {
    if (vitals.size >= VITALS_MAX || isVitalName(name) || !VITAL_NAME.test(name)) continue;
    const vital = decodeVital("any", raw);
    if (vital !== undefined) vitals.set(name, vital);
  }
  return { ok: true, value: Object.fromEntries(vitals) };
}

function decodeVital(kind: VitalKind["kind"] | "any", raw: unknown): Vital | undefined {
  if (typeof raw !== "object" || raw === null || !("value" in raw) || !("level" in raw)) {
    return undefined;
  }
  const { value, level } = raw;
  if (!isLevel(level) || (value === null) !== (level === "not_supported")) return undefined;
  if (value === null) return { value, level };
  if (typeof value === "boolean" && kind !== "gauge") return { value, level };
  const isNumber = typeof value === "number" && Number.isFinite(value);
  return isNumber && kind !== "flag" ? { value, level } : undefined;
}

function isLevel(value: unknown): value is Level {
  return LEVELS.has(value);
}

/** Strangers' values, short enough for a log line. */
function describe(raw: unknown): string {
  return (JSON.stringify(raw) ?? "nothing").slice(0, 60);
}
