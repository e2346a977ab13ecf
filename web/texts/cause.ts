/** Why incidents began, by the hub's codes. */

import type { CauseCode } from "../../core/api/incident_view.ts";
import type { Area, Phrase } from "../language/phrase.ts";

/** If a code of the hub has no text here, the program does not compile. */
const codes = {
  silence: { en: "no sign of life", de: "kein Lebenszeichen" },
  last_will: { en: "the broker lost its connection", de: "der Broker hat die Verbindung verloren" },
  not_heard: {
    en: "never heard since the hub started",
    de: "seit dem Start des Hubs nicht gehört",
  },
  not_back: {
    en: "did not come back from a reboot",
    de: "kam von einem Neustart nicht zurück",
  },
  not_started: {
    en: "did not come back from a restart of its agent",
    de: "kam nach einem Neustart seines Agenten nicht zurück",
  },
  not_returned: {
    en: "did not come back after it stopped",
    de: "kam nicht zurück, nachdem er angehalten hatte",
  },
  agent_silent: {
    en: "its agent is silent, but the machine answers: systemctl status agent",
    de: "der Agent schweigt, aber das Gerät antwortet: systemctl status agent",
  },
  flapping: {
    en: "it went down and came back several times",
    de: "er fiel mehrmals aus und kam wieder",
  },
  unexpected_reboot: {
    en: "it had not said that it would reboot",
    de: "er hatte keinen Neustart angekündigt",
  },
  starting: { en: "the hub had just started", de: "der Hub war gerade erst gestartet" },
  no_connection: {
    en: "the hub has no connection to the broker",
    de: "der Hub hat keine Verbindung zum Broker",
  },
  no_echo: { en: "the broker does not answer", de: "der Broker antwortet nicht" },
  stalled: { en: "the hub did not run for a while", de: "der Hub lief eine Weile nicht" },
  no_link: { en: "cable or Wi-Fi disconnected", de: "Kabel oder WLAN nicht verbunden" },
  network: {
    en: "neither the gateway nor any Pi could be reached",
    de: "weder das Gateway noch ein Pi war erreichbar",
  },
  dropped_by_broker: {
    en: "the broker's queue is full: raise max_queued_messages and max_queued_bytes of Mosquitto",
    de:
      "die Warteschlange des Brokers ist voll: max_queued_messages und max_queued_bytes von Mosquitto erhöhen",
  },
  heartbeats_missing: {
    en: "heartbeats of many Pis do not arrive: raise max_queued_messages of the broker",
    de: "Lebenszeichen vieler Pis kommen nicht an: max_queued_messages des Brokers erhöhen",
  },
  full: {
    en: "no room on the hub's disk: it goes on from memory",
    de: "kein Platz auf dem Datenträger des Hubs: er arbeitet aus dem Speicher weiter",
  },
  read_only: {
    en: "the hub's disk is read-only: it goes on from memory",
    de: "der Datenträger des Hubs ist schreibgeschützt: er arbeitet aus dem Speicher weiter",
  },
  locked: {
    en: "another program holds the database: the hub goes on from memory",
    de: "ein anderes Programm hält die Datenbank: der Hub arbeitet aus dem Speicher weiter",
  },
  io_error: {
    en: "the hub's disk fails: it goes on from memory",
    de: "der Datenträger des Hubs versagt: er arbeitet aus dem Speicher weiter",
  },
  no_answer: {
    en: "the hub's disk does not answer: it goes on from memory",
    de: "der Datenträger des Hubs antwortet nicht: er arbeitet aus dem Speicher weiter",
  },
  no_access: {
    en: "the hub may not use its database: it goes on from memory",
    de: "der Hub darf seine Datenbank nicht benutzen: er arbeitet aus dem Speicher weiter",
  },
  damaged: {
    en: "the database was damaged: what could be read was saved",
    de: "die Datenbank war beschädigt: was lesbar war, ist gerettet",
  },
  deleted: {
    en: "somebody deleted the database: the hub goes on from memory",
    de: "jemand hat die Datenbank gelöscht: der Hub arbeitet aus dem Speicher weiter",
  },
  replaced: {
    en: "somebody replaced the database: the hub goes on from memory",
    de: "jemand hat die Datenbank ausgetauscht: der Hub arbeitet aus dem Speicher weiter",
  },
  errors: { en: "the disk gives errors", de: "der Datenträger meldet Fehler" },
  lost_write: {
    en: "the disk loses what is written",
    de: "der Datenträger verliert, was geschrieben wird",
  },
  no_process: {
    en: "no more programs can be started",
    de: "es lassen sich keine Programme mehr starten",
  },
  broker_away: {
    en: "a broker is away, and some Pis know no other: whether they live is not known",
    de: "ein Broker ist weg, und einige Pis kennen keinen anderen: ob sie leben, ist nicht bekannt",
  },
  same_broker: {
    en: "another hub uses the same broker: stop one of them",
    de: "ein anderer Hub benutzt denselben Broker: einen von beiden anhalten",
  },
  key_expires: {
    en: "renew its Tailscale key, or turn the expiry off",
    de: "den Tailscale-Schlüssel erneuern oder seinen Ablauf abschalten",
  },
  key_expired: {
    en: "log in to Tailscale on it",
    de: "auf ihm bei Tailscale anmelden",
  },
} as const satisfies Readonly<Record<CauseCode, Phrase>>;

export const causeTexts = {
  ...codes,
  allPis: { en: "All {count} Pis", de: "Alle {count} Pis" },
  somePis: { en: "{count} of {of} Pis", de: "{count} von {of} Pis" },
  allTogether: { en: "all {count} Pis at once", de: "alle {count} Pis auf einmal" },
  someTogether: { en: "{count} of {of} Pis at once", de: "{count} von {of} Pis auf einmal" },
  allOfGroup: {
    en: "all {count} Pis of {group} at once",
    de: "alle {count} Pis aus {group} auf einmal",
  },
  someOfGroup: {
    en: "{count} of {of} Pis of {group} at once",
    de: "{count} von {of} Pis aus {group} auf einmal",
  },
  hidden: { en: "it takes no messages", de: "er nimmt keine Nachrichten an" },
  quoted: { en: "{words}", de: "in den Worten einer früheren Version: „{words}“" },
  unknown: {
    en: "for a reason that this page does not know: reload it",
    de: "aus einem Grund, den diese Seite nicht kennt: bitte neu laden",
  },
} as const satisfies Area;

/** What is wrong with the storage of a living node. */
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
