/** Texts of the page of logged-in browsers. */

import type { Area } from "./phrase.ts";

export const sessionsPageTexts = {
  title: { en: "Sessions", de: "Anmeldungen" },
} as const satisfies Area;
