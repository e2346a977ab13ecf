/** Vital signs as people read them. */

import type { VitalView } from "../../core/feed.ts";
import { isVitalName, type Level, VITAL_KINDS } from "../../core/vitals.ts";

/** The words of the page for a level. */
export const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  ok: "ok",
  warning: "warning",
  critical: "critical",
  not_supported: "not supported",
};

/** `Under-voltage` for `under_voltage`; a kind of a newer agent by its own name. */
export function vitalLabel(name: string): string {
  if (isVitalName(name)) return VITAL_KINDS[name].label;
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `48.2 °C`, `yes`, or the level's own words where there is no value. */
export function vitalText(name: string, vital: VitalView): string {
  if (vital.value === null || vital.level === "not_supported") return LEVEL_WORDS.not_supported;
  if (typeof vital.value === "boolean") return vital.value ? "yes" : "no";
  const unit = vitalUnit(name);
  return unit === "" ? `${vital.value}` : `${vital.value} ${unit}`;
}

/** What fills the bar below a vital: 0 to 100, or `undefined` where there is no whole to fill. */
export function vitalShare(name: string, vital: VitalView): number | undefined {
  if (typeof vital.value !== "number" || vitalUnit(name) !== "%") return undefined;
  return Math.min(100, Math.max(0, vital.value));
}

/** Those this version knows in their own order, then others by name. */
export function vitalNames(vitals: Readonly<Record<string, VitalView>>): readonly string[] {
  const known = Object.keys(VITAL_KINDS).filter((name) => Object.hasOwn(vitals, name));
  return [...known, ...Object.keys(vitals).filter((name) => !isVitalName(name)).sort()];
}

function vitalUnit(name: string): string {
  return isVitalName(name) ? VITAL_KINDS[name].unit : "";
}
