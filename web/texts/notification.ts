/** Whether anybody is notified when a Pi dies. */

import type { Area } from "../language/phrase.ts";

export const notificationTexts = {
  nobody: {
    en: "Nobody is notified when a Pi dies.",
    de: "Niemand wird benachrichtigt, wenn ein Pi ausfällt.",
  },
  printed: {
    en: "Messages are only printed to the log.",
    de: "Nachrichten stehen nur im Protokoll.",
  },
  down: { en: "{name} takes no messages.", de: "{name} nimmt keine Nachrichten an." },
  failing: {
    en: "{name} delivered none of the last three messages.",
    de: "{name} hat die letzten drei Nachrichten nicht zugestellt.",
  },
  setUp: { en: "Set up a message", de: "Nachricht einrichten" },
  test: { en: "Send a test message", de: "Probenachricht senden" },
} as const satisfies Area;
