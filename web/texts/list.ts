/** The nodes of the cluster. */

import type { Area } from "../language/phrase.ts";

export const listTexts = {
  heading: { en: "Pis", de: "Pis" },
  noGroup: { en: "Other Pis", de: "Weitere Pis" },
  neverHeard: { en: "never heard", de: "nie gehört" },
  heard: { en: "last heard {age}", de: "gehört {age}" },
  since: { en: "since {when}", de: "seit {when}" },
  welcome: {
    en:
      "{command} prints the {file} for a new Pi. Once its agent runs, the Pi appears here by itself.",
    de:
      "{command} gibt die {file} für einen neuen Pi aus. Sobald sein Agent läuft, erscheint der Pi hier von selbst.",
  },
  addPi: { en: "Add a Pi", de: "Pi hinzufügen" },
  show: { en: "Show as", de: "Anzeigen als" },
  cards: { en: "Cards", de: "Karten" },
  rows: { en: "Rows", de: "Zeilen" },
  filter: { en: "Filter", de: "Filtern" },
  filterHint: { en: "Name, group, model, state…", de: "Name, Gruppe, Modell, Zustand…" },
  found: {
    en: { one: "{count} of {total} Pis", other: "{count} of {total} Pis" },
    de: { one: "{count} von {total} Pis", other: "{count} von {total} Pis" },
  },
  noneFound: { en: "No Pi matches the filter.", de: "Kein Pi passt zum Filter." },
  acknowledged: { en: "acknowledged", de: "bestätigt" },
  outdated: { en: "older version {version}", de: "ältere Version {version}" },
  maintenance: { en: "maintenance until {when}", de: "Wartung bis {when}" },
  flapping: { en: "flapping", de: "wechselhaft" },
  remote: { en: "{what} on {name}", de: "{what} auf {name}" },
  id: { en: "Id", de: "Kennung" },
  model: { en: "Model", de: "Modell" },
  address: { en: "Address", de: "Adresse" },
  agent: { en: "Agent", de: "Agent" },
  agentVersion: { en: "agent {version}", de: "Agent {version}" },
  duplicateId: {
    en: 'Two machines claim to be "{id}"',
    de: "Zwei Maschinen geben sich als „{id}“ aus",
  },
  duplicateIdSerials: {
    en: 'Two machines claim to be "{id}" (serial numbers {serials})',
    de: "Zwei Maschinen geben sich als „{id}“ aus (Seriennummern {serials})",
  },
} as const satisfies Area;
