/** Repeatedly refused clients. */

import type { Area } from "../language/phrase.ts";

export const refusedTexts = {
  heading: { en: "Refused again and again", de: "Immer wieder abgewiesen" },
  helps: { en: "What to do", de: "Was hilft" },
  presses: { en: "Pressed buttons", de: "Gedrückte Taster" },
  many: { en: "Many addresses", de: "Viele Adressen" },
  who: { en: "{who}: {what}", de: "{who}: {what}" },
  times: {
    en: "{count} times since {since}, last {age}",
    de: "{count}-mal seit {since}, zuletzt {age}",
  },
  more: {
    en: { one: "and {count} more", other: "and {count} more" },
    de: { one: "und {count} weiterer", other: "und {count} weitere" },
  },
  reason_half_open: {
    en: "connections that asked for nothing",
    de: "Verbindungen, die nichts wollten",
  },
  reason_connections: {
    en: "more connections than the hub takes",
    de: "mehr Verbindungen, als der Hub annimmt",
  },
  reason_no_files: {
    en: "more connections than the machine has files for",
    de: "mehr Verbindungen, als das Gerät Dateien öffnen darf",
  },
  reason_broker_login: {
    en: "wrong user name or password at the broker",
    de: "falscher Benutzername oder falsches Passwort am Broker",
  },
  reason_protocol: {
    en: "connections to the broker that are no MQTT 3.1.1",
    de: "Verbindungen zum Broker, die kein MQTT 3.1.1 sind",
  },
  reason_page_login: {
    en: "wrong password for this page",
    de: "falsches Passwort für diese Seite",
  },
  reason_sessions: {
    en: "more connections than its credential may have",
    de: "mehr Verbindungen, als seine Zugangsdaten erlauben",
  },
  reason_nodes: {
    en: "more Pis than the hub watches",
    de: "mehr Pis, als der Hub überwacht",
  },
  reason_broker_nodes: {
    en: "more Pis than the hub's own broker serves",
    de: "mehr Pis, als der eigene Broker des Hubs bedient",
  },
  reason_rate: {
    en: "publishes more than its credential may",
    de: "sendet mehr, als seine Zugangsdaten erlauben",
  },
  reason_forbidden: {
    en: "publishes or subscribes where its credential may not",
    de: "sendet oder liest, wo seine Zugangsdaten es nicht erlauben",
  },
  reason_viewers: {
    en: "wants to watch, and no place is free",
    de: "möchte zusehen, und kein Platz ist frei",
  },
  reason_feed_input: {
    en: "sends something to the feed, which goes one way",
    de: "sendet etwas an den Feed, der nur in eine Richtung geht",
  },
  reason_slow_request: {
    en: "requests that take too long to arrive",
    de: "Anfragen, deren Übertragung zu lange dauert",
  },
  reason_join: {
    en: "wrong lines to let a Pi join",
    de: "falsche Zeilen, um einen Pi aufzunehmen",
  },
  advice_revoke: {
    en: "Is this Pi still yours? If not: {command}. If so, look at what runs on it.",
    de:
      "Ist dieser Pi noch in guten Händen? Wenn nicht: {command}. Wenn doch, zeigt ein Blick auf seine Programme mehr.",
  },
  advice_second_hub: {
    en:
      "Nobody watches this Pi. Remove Pis that are gone for good, or let a second hub watch some.",
    de:
      "Diesen Pi überwacht niemand. Es hilft, Pis zu entfernen, die es nicht mehr gibt, oder ein zweiter Hub.",
  },
  advice_mosquitto: {
    en: "Nobody watches this Pi. Let Mosquitto be the broker: it serves more.",
    de: "Diesen Pi überwacht niemand. Mit Mosquitto als Broker ist Platz für mehr.",
  },
  advice_enrol: {
    en:
      "If a Pi of yours has this address, {command} makes it a new credential. If not, shut the address out with a firewall.",
    de:
      "Hat ein eigener Pi diese Adresse, gibt ihm {command} neue Zugangsdaten. Wenn nicht, hält eine Firewall die Adresse fern.",
  },
  advice_firewall: {
    en: "If nobody you know has this address, shut it out with a firewall.",
    de: "Hat niemand Bekanntes diese Adresse, hält eine Firewall sie fern.",
  },
  advice_proxy: {
    en: "It comes by a proxy on the hub's machine. Name that in {setting} to see who it is.",
    de:
      "Das kommt über einen Proxy auf dem Gerät des Hubs. Mit dessen Adresse in {setting} ist zu sehen, wer es ist.",
  },
  advice_local: {
    en: "It is a program on the hub's own machine, or comes through a proxy there.",
    de: "Das ist ein Programm auf dem Gerät des Hubs selbst, oder es kommt über einen Proxy dort.",
  },
  advice_presses: {
    en:
      "Somebody says without end that buttons are pressed. Any Pi may say so: revoke one that is not in your hands.",
    de:
      "Jemand meldet ohne Ende gedrückte Taster. Das darf jeder Pi: Einem, der nicht mehr in guten Händen ist, gehören die Zugangsdaten entzogen.",
  },
  advice_many: {
    en: "None of them often: a firewall or a proxy in front can limit them.",
    de: "Keine davon oft: Eine Firewall oder ein Proxy davor kann sie begrenzen.",
  },
} as const satisfies Area;
