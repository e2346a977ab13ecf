/** Upgrades of Pis from the hub. */

import type { Area } from "../language/phrase.ts";

export const upgradeTexts = {
  older: {
    en: { one: "{count} Pi can be upgraded", other: "{count} Pis can be upgraded" },
    de: {
      one: "{count} Pi lässt sich aktualisieren",
      other: "{count} Pis lassen sich aktualisieren",
    },
  },
  underWay: { en: "Pis are being upgraded", de: "Pis werden aktualisiert" },
  progress: { en: "{name}: {step}", de: "{name}: {step}" },
  counts: { en: "{done} done, {waiting} waiting", de: "{done} fertig, {waiting} warten" },
  stoppedAt: {
    en: "The upgrade of {name} failed, so the others were not tried.",
    de: "Die Aktualisierung von {name} schlug fehl, deshalb wurden die anderen nicht versucht.",
  },
  step_waiting: { en: "waits for its turn", de: "wartet, bis er an der Reihe ist" },
  step_asked: { en: "asked to upgrade", de: "um Aktualisierung gebeten" },
  step_requested: { en: "has the request", de: "hat die Bitte" },
  step_running: { en: "fetches and installs", de: "lädt und installiert" },
  step_checking: {
    en: "is back, and is watched for a moment",
    de: "ist wieder da und wird kurz beobachtet",
  },
  all: {
    en: { one: "Upgrade it", other: "Upgrade all {count}" },
    de: { one: "Aktualisieren", other: "Alle {count} aktualisieren" },
  },
  allTitle: {
    en: { one: "Upgrade {count} Pi?", other: "Upgrade {count} Pis?" },
    de: { one: "{count} Pi aktualisieren?", other: "{count} Pis aktualisieren?" },
  },
  allHint: {
    en:
      "One after the other, from this hub's packages. If one fails, the others are left as they are. " +
      "Nobody is notified while an agent restarts.",
    de:
      "Einer nach dem anderen, mit den Paketen dieses Hubs. Schlägt einer fehl, bleiben die anderen, " +
      "wie sie sind. Während ein Agent neu startet, wird niemand benachrichtigt.",
  },
  allYes: { en: "Upgrade", de: "Aktualisieren" },
} as const satisfies Area;
