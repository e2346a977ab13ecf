/** The texts of charts, in words and numbers. */

import type { VitalsSpan } from "../../core/history/history.ts";
import { isVitalName, VITAL_KINDS, type VitalKind } from "../../core/protocol/vitals.ts";
import { spokenLanguage, text } from "../texts/texts.ts";
import { shownZone } from "../words/instant.ts";
import { vitalText } from "../words/vital_text.ts";
import type { Figures } from "./chart_data.ts";

/** The default number of decimals. */
const DIGITS = 1;
/** Larger numbers are shortened on an axis: `1B`. */
const COMPACT_FROM = 10_000;
const LOCALES = { en: "en-GB", de: "de-DE" } as const;

export function kindOf(name: string): VitalKind | undefined {
  return isVitalName(name) ? VITAL_KINDS[name] : undefined;
}

/** `48.2 °C`, `61 %`; for a flag the share of the measurements in which it was set. */
export function valueText(name: string, value: number): string {
  const kind = kindOf(name);
  if (kind?.kind === "flag") return shareText(value);
  const scale = 10 ** (kind?.kind === "gauge" ? kind.digits : DIGITS);
  return vitalText(name, { value: Math.round(value * scale) / scale, level: "ok" });
}

/** For the axis of a chart. */
export function axisText(name: string, value: number): string {
  if (kindOf(name)?.kind === "flag") return flagText(value);
  if (Math.abs(value) < COMPACT_FROM) return valueText(name, value);
  // The axis has no space for many digits.
  const locale = LOCALES[spokenLanguage()];
  return new Intl.NumberFormat(locale, { notation: "compact" }).format(value);
}

/** Labels of the time axis: the time of day, or the date when the chart covers many days. */
export function axisInstantText(span: VitalsSpan, atS: number): string {
  const isShort = span === "1h" || span === "24h";
  return format(isShort ? TIME : DAY, atS);
}

/** An instant of a chart in full. */
export function pointInstantText(span: VitalsSpan, atS: number): string {
  return format(span === "1h" || span === "24h" ? TIME : DAY_AND_TIME, atS);
}

/** Describes the whole chart in one line. */
export function figuresText(
  name: string,
  figures: Figures | undefined,
  span: VitalsSpan,
): string {
  if (figures === undefined) return text("chart.nothingMeasured");
  const { lowest, highest, mean, last } = figures;
  if (kindOf(name)?.kind === "flag") {
    const isNever = highest.value === 0;
    return isNever
      ? text("chart.flagNever")
      : text("chart.flagShare", { share: shareText(mean), last: flagText(last.value) });
  }
  return text("chart.figures", {
    lowest: valueText(name, lowest.value),
    mean: valueText(name, mean),
    highest: valueText(name, highest.value),
    when: pointInstantText(span, highest.atS),
    last: valueText(name, last.value),
  });
}

function flagText(value: number): string {
  return text(value >= 0.5 ? "vital.yes" : "vital.no");
}

function shareText(share: number): string {
  const format = new Intl.NumberFormat(LOCALES[spokenLanguage()], {
    style: "percent",
    maximumSignificantDigits: 2,
  });
  return format.format(share);
}

const TIME = { hour: "2-digit", minute: "2-digit" } as const;
const DAY = { day: "numeric", month: "short" } as const;
const DAY_AND_TIME = { ...DAY, ...TIME } as const;

function format(options: Intl.DateTimeFormatOptions, atS: number): string {
  const locale = LOCALES[spokenLanguage()];
  const zone = shownZone();
  const formatter = new Intl.DateTimeFormat(locale, {
    hourCycle: "h23",
    ...options,
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  return formatter.format(atS * 1000).replaceAll(",", "");
}
