/** Vital signs as people read them. */

import type { VitalView } from "../../core/api/node_view.ts";
import { isVitalName, VITAL_KINDS } from "../../core/protocol/vitals.ts";
import { type Language, spokenLanguage, text } from "../texts/texts.ts";

/** `Under-voltage` for `under_voltage`; an unknown kind has its own name. */
export function vitalLabel(name: string): string {
  if (isVitalName(name)) return text(`vital.${name}`);
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `48.2 °C`, `yes`, or the level's own word if there is no value. */
export function vitalText(name: string, vital: VitalView): string {
  if (vital.value === null || vital.level === "not_supported") return text("vital.not_supported");
  if (typeof vital.value === "boolean") return text(vital.value ? "vital.yes" : "vital.no");
  const unit = vitalUnit(name);
  const number = numberText(vital.value);
  return unit === "" ? number : `${number} ${unit}`;
}

/** The length of a vital's bar: 0 to 100, or `undefined` without a maximum. */
export function vitalShare(name: string, vital: VitalView): number | undefined {
  if (typeof vital.value !== "number" || vitalUnit(name) !== "%") return undefined;
  return Math.min(100, Math.max(0, vital.value));
}

/** Known vitals in their own order, then others by name. */
export function vitalNames(vitals: Readonly<Record<string, VitalView>>): readonly string[] {
  const known = Object.keys(VITAL_KINDS).filter((name) => Object.hasOwn(vitals, name));
  return [...known, ...Object.keys(vitals).filter((name) => !isVitalName(name)).sort()];
}

/** More than any measurement needs; more digits would widen a card. */
const DIGITS_MAX = 6;
const POINTS: Readonly<Record<Language, string>> = { en: ".", de: "," };

/** `48.2`, in German `48,2`; never grouped, because the units of newer agents are unknown. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(DIGITS_MAX))).replace(".", POINTS[spokenLanguage()]);
}

function vitalUnit(name: string): string {
  return isVitalName(name) ? VITAL_KINDS[name].unit : "";
}
