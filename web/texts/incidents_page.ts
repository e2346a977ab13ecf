/** Texts of the page of all incidents. */

import type { Area } from "./phrase.ts";

export const incidentsPageTexts = {
  title: { en: "Incidents", de: "Vorfälle" },
} as const satisfies Area;
