/** Texts of the page that adds a Pi. */

import type { Area } from "./phrase.ts";

export const addPageTexts = {
  title: { en: "Add a Pi", de: "Pi hinzufügen" },
} as const satisfies Area;
