/** What is wrong with the storage of a node that lives. */

import type { Area } from "./phrase.ts";

export const storageTexts = {
  no_answer: { en: "Its card does not answer", de: "Seine Karte antwortet nicht" },
  errors: { en: "Its card gives errors", de: "Seine Karte meldet Fehler" },
  read_only: {
    en: "Its card has turned read-only",
    de: "Seine Karte lässt sich nicht mehr beschreiben",
  },
  lost_write: {
    en: "Its card loses what is written",
    de: "Seine Karte verliert, was geschrieben wird",
  },
  no_process: {
    en: "It cannot start programs any more",
    de: "Es kann keine Programme mehr starten",
  },
} as const satisfies Area;
