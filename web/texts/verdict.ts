/** The verdict: one sentence for the whole cluster. */

import type { Area } from "../language/phrase.ts";

export const verdictTexts = {
  label: { en: "How the cluster is", de: "Wie es dem Cluster geht" },
  connecting: { en: "Connecting to the hub…", de: "Verbindung zum Hub wird aufgebaut…" },
  nothingKnown: { en: "Nothing is known yet.", de: "Noch ist nichts bekannt." },
  seenFrom: { en: "What you see is from {when}.", de: "Was hier steht, ist von {when}." },
  lost: { en: "No connection to the hub", de: "Keine Verbindung zum Hub" },
  lostFor: {
    en: "No connection to the hub for {length}",
    de: "Seit {length} keine Verbindung zum Hub",
  },
  blind: {
    en: "The hub has not seen the broker since {since}",
    de: "Der Hub sieht den Broker seit {since} nicht",
  },
  blindOfNetwork: {
    en: "The hub's own network has been out since {since}",
    de: "Das Netz des Hubs selbst ist seit {since} ausgefallen",
  },
  agentSilent: {
    en: "The machine of {who} answers, only its agent is silent. Try there: {command}",
    de: "Das Gerät von {who} antwortet, nur sein Agent schweigt. Dort hilft: {command}",
  },
  blind_no_connection: {
    en: "It has no connection to the broker.",
    de: "Er hat keine Verbindung zum Broker.",
  },
  blind_no_echo: { en: "The broker does not answer.", de: "Der Broker antwortet nicht." },
  blind_stalled: { en: "It did not run for a while.", de: "Er lief eine Weile nicht." },
  blind_no_link: {
    en: "Its cable or Wi-Fi is disconnected.",
    de: "Sein Kabel oder WLAN ist nicht verbunden.",
  },
  blind_network: {
    en: "Nothing beyond it answers, not even the router.",
    de: "Nichts außerhalb von ihm antwortet, auch nicht der Router.",
  },
  blind_starting: { en: "It has just started.", de: "Er ist gerade erst gestartet." },
  blindHint: {
    en: "The Pis may be well or not: what you see is what was last known.",
    de: "Den Pis kann es gut gehen oder nicht: Hier steht, was zuletzt bekannt war.",
  },
  nonePi: { en: "No Pi has reported yet", de: "Noch hat sich kein Pi gemeldet" },
  and: { en: "{first} and {second}", de: "{first} und {second}" },
  some: { en: "{count} of {total} Pis", de: "{count} von {total} Pis" },
  both: { en: "Both Pis", de: "Beide Pis" },
  all: { en: "All {total} Pis", de: "Alle {total} Pis" },
  up: {
    en: { one: "{who} is up", other: "{who} are up" },
    de: { one: "{who} läuft", other: "{who} laufen" },
  },
  late: {
    en: { one: "{who} is late", other: "{who} are late" },
    de: { one: "{who} ist verspätet", other: "{who} sind verspätet" },
  },
  down: {
    en: { one: "{who} is down", other: "{who} are down" },
    de: { one: "{who} ist ausgefallen", other: "{who} sind ausgefallen" },
  },
  failing: {
    en: { one: "{who} still runs, but fails", other: "{who} still run, but fail" },
    de: { one: "{who} lebt noch, aber versagt", other: "{who} leben noch, aber versagen" },
  },
  failing_no_answer: {
    en: "{who}'s card does not answer; it still runs",
    de: "Die Karte von {who} antwortet nicht; er lebt noch",
  },
  failing_errors: {
    en: "{who}'s card gives errors; it still runs",
    de: "Die Karte von {who} meldet Fehler; er lebt noch",
  },
  failing_read_only: {
    en: "{who}'s card has turned read-only; it still runs",
    de: "Die Karte von {who} lässt sich nicht mehr beschreiben; er lebt noch",
  },
  failing_lost_write: {
    en: "{who}'s card loses what is written; it still runs",
    de: "Die Karte von {who} verliert, was geschrieben wird; er lebt noch",
  },
  failing_no_process: {
    en: "{who} cannot start programs any more; it still runs",
    de: "{who} kann keine Programme mehr starten; er lebt noch",
  },
  downInMaintenance: {
    en: { one: "{who} is down for maintenance", other: "{who} are down for maintenance" },
    de: { one: "{who} ist in Wartung", other: "{who} sind in Wartung" },
  },
  stopped: {
    en: { one: "{who} is stopped on purpose", other: "{who} are stopped on purpose" },
    de: { one: "{who} ist absichtlich angehalten", other: "{who} sind absichtlich angehalten" },
  },
  alsoStopped: {
    en: "{sentence}, {count} stopped on purpose",
    de: "{sentence}, {count} absichtlich angehalten",
  },
  away: {
    en: { one: "{who} is stopped or restarts", other: "{who} are stopped or restart" },
    de: {
      one: "{who} ist angehalten oder startet neu",
      other: "{who} sind angehalten oder starten neu",
    },
  },
  alsoAway: {
    en: "{sentence}, {count} stopped or restarting",
    de: "{sentence}, {count} angehalten oder im Neustart",
  },
  notHeard: {
    en: { one: "{who} has not been heard yet", other: "{who} have not been heard yet" },
    de: { one: "{who} wurde noch nicht gehört", other: "{who} wurden noch nicht gehört" },
  },
  noneHeard: {
    en: "None of the {total} Pis has been heard yet",
    de: "Keiner der {total} Pis wurde bisher gehört",
  },
  acknowledge: { en: "Acknowledge", de: "Bestätigen" },
  acknowledgeEach: { en: "Acknowledge all", de: "Alle bestätigen" },
  acknowledgeDone: { en: "Acknowledged.", de: "Bestätigt." },
  acknowledgedIt: {
    en: "Acknowledged: no reminders and no buzzer until it is up again.",
    de: "Bestätigt: keine Erinnerungen und kein Summer, bis er wieder läuft.",
  },
  acknowledgedAll: {
    en: "All acknowledged: no reminders and no buzzer until they are up again.",
    de: "Alle bestätigt: keine Erinnerungen und kein Summer, bis sie wieder laufen.",
  },
  acknowledgedSome: {
    en: "{count} of {total} acknowledged.",
    de: "{count} von {total} bestätigt.",
  },
  acknowledged: { en: "Acknowledged: {who}.", de: "Bestätigt: {who}." },
  silencedAll: {
    en: "Silenced until {until} (all Pis down since {since} or before).",
    de: "Stumm bis {until} (alle Pis, die um {since} ausgefallen waren).",
  },
  silencedNode: { en: "{who} is silenced until {until}.", de: "{who} ist stumm bis {until}." },
  quiet: { en: "Quiet 1 h", de: "1 h Ruhe" },
  quietDone: {
    en: "Buzzers are quiet until {until}. If another Pi dies, its alarm sounds.",
    de: "Die Summer schweigen bis {until}. Ein weiterer Ausfall löst sie wieder aus.",
  },
  open: { en: "Open", de: "Öffnen" },
  need: { en: "{who}: {what}", de: "{who}: {what}" },
  moreNeeds: {
    en: { one: "and {count} more needs a look", other: "and {count} more need a look" },
    de: {
      one: "und {count} weiterer sollte angesehen werden",
      other: "und {count} weitere sollten angesehen werden",
    },
  },
  lastEnded: {
    en: "The last incident ended {age}.",
    de: "Der letzte Vorfall endete {age}.",
  },
} as const satisfies Area;
