/** Texts of the page of logged-in browsers. */

import type { Area } from "../../language/phrase.ts";

export const sessionsPageTexts = {
  title: { en: "Sessions", de: "Anmeldungen" },
  intro: {
    en:
      "Browsers that are logged in. One that is not used for 30 days is logged out by itself; a new " +
      "password logs out all of them.",
    de:
      "Angemeldete Browser. Wer 30 Tage nicht benutzt wird, wird von selbst abgemeldet; ein neues " +
      "Passwort meldet alle ab.",
  },
  guest: { en: "Log in to see the sessions.", de: "Bitte anmelden, um die Anmeldungen zu sehen." },
  loading: { en: "Loading…", de: "Lädt…" },
  current: { en: "this browser", de: "dieser Browser" },
  browserOn: { en: "{browser} on {system}", de: "{browser} unter {system}" },
  unknownBrowser: { en: "Another program", de: "Ein anderes Programm" },
  unknownSystem: { en: "an unknown system", de: "unbekanntem System" },
  since: { en: "logged in {when}", de: "angemeldet {when}" },
  seen: { en: "last seen {when}", de: "zuletzt gesehen {when}" },
  from: { en: "from {address}", de: "von {address}" },
  end: { en: "Log out", de: "Abmelden" },
  endNamed: { en: "Log out {browser}", de: "{browser} abmelden" },
  endOthers: { en: "Log out all others", de: "Alle anderen abmelden" },
  ended: { en: "That browser is logged out.", de: "Dieser Browser ist abgemeldet." },
  endedOthers: { en: "All others are logged out.", de: "Alle anderen sind abgemeldet." },
  backups: { en: "Backups of the hub", de: "Sicherungen des Hubs" },
  backupsNone: {
    en: "The hub makes no nightly backups ([hub] backups = none).",
    de: "Der Hub macht keine nächtlichen Sicherungen ([hub] backups = none).",
  },
  backupsNotYet: { en: "There is no nightly backup yet.", de: "Noch keine nächtliche Sicherung." },
  backupsLast: { en: "The last one was made {when}.", de: "Die letzte entstand {when}." },
  backupsFolder: { en: "Folder on the hub: {folder}", de: "Ordner auf dem Hub: {folder}" },
  backupFailure_no_room: {
    en: "The next one failed: too little room is free on the hub's disk.",
    de: "Die nächste misslang: Auf der Karte des Hubs ist zu wenig Platz frei.",
  },
  backupFailure_forbidden: {
    en: "The next one failed: the hub's user may not write into that folder.",
    de: "Die nächste misslang: Der Benutzer des Hubs darf nicht in diesen Ordner schreiben.",
  },
  backupFailure_read_only: {
    en: "The next one failed: the disk with that folder can only be read.",
    de: "Die nächste misslang: Die Karte mit diesem Ordner lässt sich nur lesen.",
  },
  backupFailure_database: {
    en: "The next one failed: the hub does without its database at present.",
    de: "Die nächste misslang: Der Hub läuft zurzeit ohne seine Datenbank.",
  },
  backupFailure_other: {
    en: "The next one failed. On the hub, rpi-cluster-hub doctor says why.",
    de: "Die nächste misslang. Auf dem Hub sagt rpi-cluster-hub doctor, warum.",
  },
  alone: { en: "No other browser is logged in.", de: "Kein anderer Browser ist angemeldet." },
} as const satisfies Area;
