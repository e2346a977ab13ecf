/** Charts of vitals, and their numbers. */

import type { Area } from "../../language/phrase.ts";

export const chartTexts = {
  heading: { en: "Vitals over time", de: "Messwerte im Verlauf" },
  span: { en: "Time shown", de: "Gezeigte Zeit" },
  span_1h: { en: "1 h", de: "1 h" },
  span_24h: { en: "24 h", de: "24 h" },
  span_7d: { en: "7 d", de: "7 Tage" },
  span_30d: { en: "30 d", de: "30 Tage" },
  loading: { en: "Loading…", de: "Lädt…" },
  nothing: {
    en: "This Pi has reported no vitals in this time.",
    de: "Dieser Pi hat in dieser Zeit keine Messwerte gemeldet.",
  },
  nothingMeasured: { en: "nothing measured", de: "nichts gemessen" },
  failed: {
    en: "The script that draws the charts could not be loaded: here are the numbers.",
    de: "Das Skript, das die Kurven zeichnet, konnte nicht geladen werden: hier die Zahlen.",
  },
  figures: {
    en: "lowest {lowest}, mean {mean}, highest {highest} ({when}), last {last}",
    de: "niedrigster Wert {lowest}, Mittel {mean}, höchster {highest} ({when}), letzter {last}",
  },
  flagNever: { en: "never", de: "nie" },
  flagShare: {
    en: "{share} of the measurements, last {last}",
    de: "in {share} der Messungen, zuletzt {last}",
  },
  pointed: { en: "{value} at {when}", de: "{value} um {when}" },
  label: { en: "Chart of {vital}: {figures}", de: "Kurve von {vital}: {figures}" },
  table: { en: "{vital} as a table", de: "{vital} als Tabelle" },
  time: { en: "Time", de: "Zeit" },
  lowest: { en: "Lowest", de: "Niedrigster" },
  mean: { en: "Mean", de: "Mittel" },
  highest: { en: "Highest", de: "Höchster" },
  stretch: { en: "{from} to {to}", de: "{from} bis {to}" },
} as const satisfies Area;
