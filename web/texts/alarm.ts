/**
 * Signals of LEDs and buzzers, and their meaning. The English texts match the table of indications.
 */

import type { Area } from "../language/phrase.ts";

export const alarmTexts = {
  test: {
    en: "LED blinks once a second, buzzer sounds: this is a test",
    de: "LED blinkt jede Sekunde, Summer ertönt: Das ist eine Probe",
  },
  blind: {
    en: "LED blinks twice every 2 s: no view of the cluster (blind)",
    de: "LED blinkt alle 2 s zweimal: keine Sicht auf den Cluster (blind)",
  },
  dead_buzzing: {
    en: "LED blinks once a second, buzzer sounds: a Pi is down",
    de: "LED blinkt jede Sekunde, Summer ertönt: Ein Pi ist ausgefallen",
  },
  dead: {
    en: "LED blinks once a second: a Pi is down",
    de: "LED blinkt jede Sekunde: Ein Pi ist ausgefallen",
  },
  hub_dead: {
    en: "LED blinks three times every 3 s: the hub is down, and nobody is notified",
    de: "LED blinkt alle 3 s dreimal: Der Hub ist ausgefallen, und niemand wird benachrichtigt",
  },
  suspect: {
    en: "LED blinks briefly every 2 s: a Pi is late",
    de: "LED blinkt alle 2 s kurz: Ein Pi ist verspätet",
  },
  all_well: { en: "LED is off: all is well", de: "LED ist aus: Alles in Ordnung" },
} as const satisfies Area;
