/** The vital signs and how bad they are. */

import type { Area } from "../language/phrase.ts";

export const vitalTexts = {
  temperature: { en: "Temperature", de: "Temperatur" },
  cpu: { en: "CPU", de: "CPU" },
  memory: { en: "Memory", de: "Speicher" },
  disk: { en: "Disk", de: "Platte" },
  under_voltage: { en: "Under-voltage", de: "Unterspannung" },
  ok: { en: "ok", de: "in Ordnung" },
  warning: { en: "warning", de: "Warnung" },
  critical: { en: "critical", de: "kritisch" },
  not_supported: { en: "not supported", de: "nicht unterstützt" },
  yes: { en: "yes", de: "ja" },
  no: { en: "no", de: "nein" },
  before: { en: "Measured before", de: "Davor gemessen" },
  levelled: { en: "{vital} {level}", de: "{vital} {level}" },
  more: { en: "{count} more", de: "{count} weitere" },
} as const satisfies Area;
