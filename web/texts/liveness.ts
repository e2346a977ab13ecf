/** The words for what a node is. */

import type { Area } from "./phrase.ts";

export const livenessTexts = {
  alive: { en: "up", de: "läuft" },
  suspect: { en: "late", de: "verspätet" },
  dead: { en: "down", de: "ausgefallen" },
  left: { en: "stopped", de: "angehalten" },
  unknown: { en: "unknown", de: "unbekannt" },
  was_alive: { en: "was up", de: "lief" },
  was_suspect: { en: "was late", de: "war verspätet" },
  was_dead: { en: "was down", de: "war ausgefallen" },
  was_left: { en: "was stopped", de: "war angehalten" },
  was_unknown: { en: "unknown", de: "unbekannt" },
  alive_since: { en: "up since {when}", de: "läuft seit {when}" },
  suspect_since: { en: "late since {when}", de: "verspätet seit {when}" },
  dead_since: { en: "down since {when}", de: "ausgefallen seit {when}" },
  left_since: { en: "stopped since {when}", de: "angehalten seit {when}" },
  unknown_since: { en: "unknown since {when}", de: "unbekannt seit {when}" },
  counted: { en: "{count} {word}", de: "{count} {word}" },
  counted_before: {
    en: { one: "{count} was {word}", other: "{count} were {word}" },
    de: "vorher {count} {word}",
  },
} as const satisfies Area;
