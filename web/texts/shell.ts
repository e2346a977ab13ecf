/** The frame of every view. */

import type { Area } from "../language/phrase.ts";

export const shellTexts = {
  name: { en: "RPi Cluster Alert", de: "RPi Cluster Alert" },
  overview: { en: "Overview", de: "Übersicht" },
  incidents: { en: "Incidents", de: "Vorfälle" },
  alarm: { en: "Alarm", de: "Alarm" },
  add: { en: "Add a Pi", de: "Pi hinzufügen" },
  sessions: { en: "Sessions", de: "Anmeldungen" },
  views: { en: "Views", de: "Ansichten" },
  cancel: { en: "Cancel", de: "Abbrechen" },
  skip: { en: "Skip to the content", de: "Zum Inhalt springen" },
  live: { en: "live", de: "live" },
  notLive: { en: "not live", de: "nicht live" },
  tabTitle: { en: "{verdict} · {view}", de: "{verdict} · {view}" },
  lostTitle: { en: "There is nothing here", de: "Hier ist nichts" },
  lostHint: {
    en: "No view of this page has the address {address}.",
    de: "Keine Ansicht dieser Seite hat die Adresse {address}.",
  },
  zone: {
    en: "All times are the hub's ({zone}): {there} there is {here} here.",
    de: "Alle Zeiten sind die des Hubs ({zone}): {there} dort ist hier {here}.",
  },
  zoneUtc: {
    en: "For another zone, set [hub] time_zone.",
    de: "Eine andere Zone: [hub] time_zone.",
  },
  plain: {
    en: "This page is not encrypted. Anybody in this network can read the password: open {link}.",
    de:
      "Diese Seite ist nicht verschlüsselt. In diesem Netz kann jeder das Passwort mitlesen: bitte " +
      "{link} öffnen.",
  },
  authority: {
    en: "The hub's own authority has the SHA-256 fingerprint {fingerprint}. {link}",
    de:
      "Die eigene Zertifizierungsstelle des Hubs hat den SHA-256-Fingerabdruck {fingerprint}. {link}",
  },
  authorityFile: { en: "Its certificate", de: "Ihr Zertifikat" },
  lostBack: { en: "Back to the overview", de: "Zurück zur Übersicht" },
  loading: { en: "Loading…", de: "Lädt…" },
  notLoadedTitle: {
    en: "This view could not be loaded",
    de: "Diese Ansicht ließ sich nicht laden",
  },
  notLoadedHint: {
    en: "The hub does not answer, or runs another version by now.",
    de: "Der Hub antwortet nicht, oder er läuft inzwischen in einer anderen Version.",
  },
  reload: { en: "Load the page anew", de: "Seite neu laden" },
  noAnswer: {
    en: "The hub does not answer. Try again in a moment.",
    de: "Der Hub antwortet nicht. Bitte gleich noch einmal versuchen.",
  },
} as const satisfies Area;
