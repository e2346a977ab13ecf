/** Reads this Pi's vital signs once. */

import { type Finding, fine, warning } from "../../core/doctor/finding.ts";
import { judgeVitals, VITAL_KINDS, type Vitals } from "../../core/protocol/vitals.ts";
import { VitalSigns } from "../../vitals/vital_signs.ts";

export async function checkVitals(stop: AbortSignal): Promise<Finding> {
  return vitalsFinding(judgeVitals(await new VitalSigns().read(stop), {}));
}

function vitalsFinding(vitals: Vitals): Finding {
  const measured = Object.entries(vitals).filter(([, { level }]) => level !== "not_supported");
  if (measured.length === 0) {
    const advice = "does /usr/bin/head run? the agent reads /proc and /sys with it";
    return warning("vitals", "none can be read", advice);
  }
  const shown = measured.map(([kind, { value }]) => `${labelOf(kind)} ${textOf(kind, value)}`);
  const bad = measured.filter(([, { level }]) => level !== "ok").map(([kind]) => labelOf(kind));
  if (bad.length === 0) return fine("vitals", shown.join(", "));
  return warning("vitals", shown.join(", "), `look at ${bad.join(", ")} of this Pi`);
}

function labelOf(kind: string): string {
  return isKnown(kind) ? VITAL_KINDS[kind].label.toLowerCase() : kind;
}

function textOf(kind: string, value: number | boolean | null): string {
  if (typeof value !== "number") return value ? "yes" : "no";
  return `${Math.round(value)} ${isKnown(kind) ? VITAL_KINDS[kind].unit : ""}`.trimEnd();
}

function isKnown(kind: string): kind is keyof typeof VITAL_KINDS {
  return Object.hasOwn(VITAL_KINDS, kind);
}
