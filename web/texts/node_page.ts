/** Texts of the page of one node. */

import type { Area } from "./phrase.ts";

export const nodePageTexts = {
  title: { en: "Pi", de: "Pi" },
} as const satisfies Area;
