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
  alone: { en: "No other browser is logged in.", de: "Kein anderer Browser ist angemeldet." },
} as const satisfies Area;
