/** Incidents and messages. */

import type { Area } from "./phrase.ts";

export const historyTexts = {
  incidents: { en: "Incidents", de: "Vorfälle" },
  messages: { en: "Messages", de: "Nachrichten" },
  none: { en: "None so far.", de: "Bisher keine." },
  guest: {
    en: "Log in to see who was told what.",
    de: "Anmelden, um zu sehen, wer was erfahren hat.",
  },
  allIncidents: { en: "All incidents", de: "Alle Vorfälle" },
  silence: { en: "no sign of life", de: "kein Lebenszeichen" },
  last_will: { en: "the broker lost its connection", de: "der Broker hat die Verbindung verloren" },
  not_heard: {
    en: "never heard since the hub started",
    de: "seit dem Start des Hubs nicht gehört",
  },
  agent_silent: {
    en: "its agent is silent, but the machine answers: systemctl status agent",
    de: "der Agent schweigt, aber das Gerät antwortet: systemctl status agent",
  },
  no_link: {
    en: "cable or Wi-Fi disconnected",
    de: "Kabel oder WLAN nicht verbunden",
  },
  network: {
    en: "neither the gateway nor any Pi could be reached",
    de: "weder das Gateway noch ein Pi war erreichbar",
  },
  network_of_hub: { en: "The hub's own network", de: "Das Netz des Hubs" },
  hub: { en: "The hub", de: "Der Hub" },
  history_of_hub: { en: "The hub's history", de: "Das Gedächtnis des Hubs" },
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
  faultWas: { en: "{who} did not work for {length}", de: "{who} war {length} gestört" },
  faultIs: { en: "{who} has not worked for {length}", de: "{who} ist seit {length} gestört" },
  not_started: {
    en: "did not come back from a restart of its agent",
    de: "kam nach einem Neustart seines Agenten nicht zurück",
  },
  not_returned: {
    en: "did not come back after it stopped",
    de: "kam nicht zurück, nachdem er angehalten hatte",
  },
  broker: { en: "The broker", de: "Der Broker" },
  webhook: { en: "The webhook", de: "Der Webhook" },
  several: { en: "Several Pis of {group}", de: "Mehrere Pis aus {group}" },
  nodeWas: { en: "{who} was down for {length}", de: "{who} war {length} ausgefallen" },
  nodeIs: { en: "{who} has been down for {length}", de: "{who} ist seit {length} ausgefallen" },
  flappingWas: {
    en: "{who} was flapping ({changes} changes) for {length}",
    de: "{who} war {length} wechselhaft ({changes} Wechsel)",
  },
  flappingIs: {
    en: "{who} has been flapping for {length}",
    de: "{who} ist seit {length} wechselhaft",
  },
  reboot: {
    en: "{who} came back after an unexpected reboot",
    de: "{who} kam nach einem unerwarteten Neustart zurück",
  },
  unreachableWas: {
    en: "{who} could not be reached for {length}",
    de: "{who} war {length} nicht erreichbar",
  },
  unreachableIs: {
    en: "{who} cannot be reached for {length}",
    de: "{who} ist seit {length} nicht erreichbar",
  },
  uplinkWas: {
    en: "{who} took no messages for {length}",
    de: "{who} nahm {length} keine Nachrichten an",
  },
  uplinkIs: {
    en: "{who} has taken no messages for {length}",
    de: "{who} nimmt seit {length} keine Nachrichten an",
  },
  commonWas: { en: "{who} were down for {length}", de: "{who} waren {length} ausgefallen" },
  commonIs: { en: "{who} have been down for {length}", de: "{who} sind seit {length} ausgefallen" },
  fromTo: { en: "{from} to {to}", de: "{from} bis {to}" },
  acknowledged: { en: "acknowledged", de: "bestätigt" },
  nobodyTold: { en: "nobody told", de: "niemand benachrichtigt" },
  toldAt: { en: "told at {when}", de: "gemeldet um {when}" },
  waiting: { en: "waiting to be sent", de: "wird gleich gesendet" },
  waitingAgain: {
    en: "not sent yet, will be tried again",
    de: "noch nicht gesendet, wird wieder versucht",
  },
  printed: { en: "printed", de: "ausgegeben" },
  accepted: { en: "accepted by the provider", de: "vom Anbieter angenommen" },
  delivered: { en: "delivered", de: "zugestellt" },
  refused: { en: "refused", de: "abgelehnt" },
  notDelivered: { en: "not delivered", de: "nicht zugestellt" },
  expired: {
    en: "sent, but nobody knows whether it arrived",
    de: "gesendet, aber niemand weiß, ob sie ankam",
  },
  merged: { en: "told in another message", de: "in einer anderen Nachricht gemeldet" },
  attempts: {
    en: { one: "{count} attempt", other: "{count} attempts" },
    de: { one: "{count} Versuch", other: "{count} Versuche" },
  },
  sms: { en: "SMS", de: "SMS" },
  log: { en: "Printed to the log", de: "Im Protokoll ausgegeben" },
  routeTo: { en: "{channel} to {recipient}", de: "{channel} an {recipient}" },
  routeFor: { en: "{channel} for {recipient}", de: "{channel} für {recipient}" },
} as const satisfies Area;
