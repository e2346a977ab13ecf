/** Incidents and messages. */

import type { Area } from "../language/phrase.ts";

export const historyTexts = {
  incidents: { en: "Incidents", de: "Vorfälle" },
  messages: { en: "Messages", de: "Nachrichten" },
  none: { en: "None so far.", de: "Bisher keine." },
  guest: {
    en: "Log in to see who was notified of what.",
    de: "Anmelden, um zu sehen, wer was erfahren hat.",
  },
  allIncidents: { en: "All incidents", de: "Alle Vorfälle" },
  network_of_hub: { en: "The hub's own network", de: "Das Netz des Hubs" },
  hub: { en: "The hub", de: "Der Hub" },
  queue_of_broker: { en: "The broker's queue", de: "Die Warteschlange des Brokers" },
  unseen_nodes: { en: "Pis without a broker", de: "Pis ohne Broker" },
  second_hub: { en: "A second hub on the broker", de: "Ein zweiter Hub am Broker" },
  checkpoint_of_hub: { en: "The hub's saved state", de: "Die Sicherung des Hubs" },
  history_of_hub: { en: "The hub's history", de: "Das Gedächtnis des Hubs" },
  faultWas: { en: "{who} did not work for {length}", de: "{who} war {length} gestört" },
  faultIs: { en: "{who} has not worked for {length}", de: "{who} ist seit {length} gestört" },
  wayIs: {
    en: "The Tailscale key of {who} has been about to expire for {length}",
    de: "Der Tailscale-Schlüssel von {who} droht seit {length} abzulaufen",
  },
  wayWas: {
    en: "The Tailscale key of {who} was about to expire for {length}",
    de: "Der Tailscale-Schlüssel von {who} drohte {length} lang abzulaufen",
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
    en: "{who} was unreachable for {length}",
    de: "{who} war {length} nicht erreichbar",
  },
  unreachableIs: {
    en: "{who} has been unreachable for {length}",
    de: "{who} ist seit {length} nicht erreichbar",
  },
  providerWas: {
    en: "{who} took no messages for {length}",
    de: "{who} nahm {length} keine Nachrichten an",
  },
  providerIs: {
    en: "{who} has taken no messages for {length}",
    de: "{who} nimmt seit {length} keine Nachrichten an",
  },
  commonWas: { en: "{who} were down for {length}", de: "{who} waren {length} ausgefallen" },
  commonIs: { en: "{who} have been down for {length}", de: "{who} sind seit {length} ausgefallen" },
  fromTo: { en: "{from} to {to}", de: "{from} bis {to}" },
  acknowledged: { en: "acknowledged", de: "bestätigt" },
  notifiedNobody: { en: "nobody notified", de: "niemand benachrichtigt" },
  notifiedAt: { en: "notified at {when}", de: "gemeldet um {when}" },
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
  merged: { en: "part of another message", de: "in einer anderen Nachricht gemeldet" },
  attempts: {
    en: { one: "{count} attempt", other: "{count} attempts" },
    de: { one: "{count} Versuch", other: "{count} Versuche" },
  },
  sms: { en: "SMS", de: "SMS" },
  log: { en: "Printed to the log", de: "Im Protokoll ausgegeben" },
  routeTo: { en: "{channel} to {recipient}", de: "{channel} an {recipient}" },
  routeFor: { en: "{channel} for {recipient}", de: "{channel} für {recipient}" },
} as const satisfies Area;
