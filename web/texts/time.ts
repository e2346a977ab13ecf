/** Durations, ages and days. */

import type { Area } from "../language/phrase.ts";

export const timeTexts = {
  justNow: { en: "just now", de: "gerade eben" },
  ago: { en: "{length} ago", de: "vor {length}" },
  seconds: { en: "{count} s", de: "{count} s" },
  minutes: { en: "{count} min", de: "{count} min" },
  hours: { en: "{count} h", de: "{count} h" },
  days: { en: "{count} d", de: "{count} T" },
  today: { en: "Today", de: "Heute" },
  yesterday: { en: "Yesterday", de: "Gestern" },
} as const satisfies Area;
