/** Texts about the availability of nodes. */

import type { Area } from "../language/phrase.ts";

export const availabilityTexts = {
  label: { en: "Availability", de: "Verfügbarkeit" },
  span: { en: "Availability of the last", de: "Verfügbarkeit der letzten" },
  span_24h: { en: "24 h", de: "24 h" },
  span_30d: { en: "30 d", de: "30 Tage" },
  span_90d: { en: "90 d", de: "90 Tage" },
  percent: { en: "{percent} %", de: "{percent} %" },
  point: { en: ".", de: "," },
  nothing: { en: "nothing known", de: "nichts bekannt" },
  whole: {
    en: "{name}: {percent} available, last {span}",
    de: "{name}: {percent} verfügbar, letzte {span}",
  },
  segment: {
    en: "{state} from {from} to {to} ({length})",
    de: "{state} von {from} bis {to} ({length})",
  },
  up: { en: "up", de: "lief" },
  late: { en: "late", de: "verspätet" },
  down: { en: "down", de: "ausgefallen" },
  stopped: { en: "stopped", de: "angehalten" },
  unknown: { en: "unknown", de: "unbekannt" },
} as const satisfies Area;
