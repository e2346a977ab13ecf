/** Login texts. */

import type { Area } from "../language/phrase.ts";

export const loginTexts = {
  title: { en: "Log in", de: "Anmelden" },
  tabTitle: { en: "Log in · RPi Cluster Alert", de: "Anmelden · RPi Cluster Alert" },
  hint: {
    en: "The password is in the hub's {config}, or in the file {file} in its state folder.",
    de:
      "Das Passwort steht in {config} des Hubs oder in der Datei {file} in seinem Zustandsordner.",
  },
  password: { en: "Password", de: "Passwort" },
  asking: { en: "Asking…", de: "Einen Moment…" },
  wrong: { en: "That is not the password.", de: "Das ist nicht das Passwort." },
  tooMany: {
    en: "Too many wrong passwords are coming in: try again in a moment.",
    de: "Es kommen zu viele falsche Passwörter: bitte gleich noch einmal versuchen.",
  },
  logIn: { en: "Log in", de: "Anmelden" },
  logOut: { en: "Log out", de: "Abmelden" },
} as const satisfies Area;
