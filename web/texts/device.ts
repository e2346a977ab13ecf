/** What this browser does in addition to showing the page. */

import type { Area } from "../language/phrase.ts";

export const deviceTexts = {
  heading: { en: "On this device", de: "Auf diesem Gerät" },
  hint: {
    en: "While this page is open, it can call you when a Pi goes down.",
    de: "Solange diese Seite offen ist, kann sie rufen, wenn ein Pi ausfällt.",
  },
  notifyOn: {
    en: "This is how the page will report a Pi that is down.",
    de: "So wird gemeldet, wenn ein Pi ausfällt.",
  },
  trouble: { en: "Cluster alert", de: "Cluster-Alarm" },
  relief: { en: "All clear", de: "Entwarnung" },
  notify: { en: "Notify", de: "Benachrichtigen" },
  sound: { en: "Sound", de: "Ton" },
  refused: {
    en: "The browser refuses notifications: allow them for this page in its settings.",
    de:
      "Der Browser verweigert Benachrichtigungen: bitte in seinen Einstellungen für diese Seite erlauben.",
  },
  notSupported: {
    en: "This browser shows no notifications here; most do so only over HTTPS.",
    de: "Dieser Browser zeigt hier keine Benachrichtigungen; die meisten tun es nur über HTTPS.",
  },
  silent: {
    en: "The browser lets the page sound only after a click on it.",
    de: "Der Browser lässt die Seite erst nach einem Klick auf sie tönen.",
  },
  noSound: {
    en: "This browser can play no sound.",
    de: "Dieser Browser kann keinen Ton abspielen.",
  },
} as const satisfies Area;
