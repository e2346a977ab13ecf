/** The words for the states of nodes. */

import type { Area } from "../language/phrase.ts";

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
  count_alive: {
    en: "{count} up",
    de: { one: "{count} läuft", other: "{count} laufen" },
  },
  count_suspect: { en: "{count} late", de: "{count} verspätet" },
  count_dead: { en: "{count} down", de: "{count} ausgefallen" },
  count_left: { en: "{count} stopped", de: "{count} angehalten" },
  count_unknown: { en: "{count} unknown", de: "{count} unbekannt" },
  counted_alive: {
    en: { one: "{count} was up", other: "{count} were up" },
    de: { one: "{count} lief", other: "{count} liefen" },
  },
  counted_suspect: {
    en: { one: "{count} was late", other: "{count} were late" },
    de: { one: "{count} war verspätet", other: "{count} waren verspätet" },
  },
  counted_dead: {
    en: { one: "{count} was down", other: "{count} were down" },
    de: { one: "{count} war ausgefallen", other: "{count} waren ausgefallen" },
  },
  counted_left: {
    en: { one: "{count} was stopped", other: "{count} were stopped" },
    de: { one: "{count} war angehalten", other: "{count} waren angehalten" },
  },
  counted_unknown: { en: "{count} unknown", de: "{count} unbekannt" },
} as const satisfies Area;
