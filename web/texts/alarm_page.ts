/** Texts of the page about lights, buzzers and test messages. */

import type { Area } from "./phrase.ts";

export const alarmPageTexts = {
  title: { en: "Alarm", de: "Alarm" },
} as const satisfies Area;
