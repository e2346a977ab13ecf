/** Why providers accept no messages, and why the hub refuses a request, by code. */

import type { ApiErrorCode } from "../../core/api/error.ts";
import type { ProviderFailureCode } from "../../core/api/delivery_view.ts";
import type { Area, Phrase } from "../language/phrase.ts";

const codes = {
  unreachable: { en: "it cannot be reached", de: "nicht erreichbar" },
  credentials: {
    en: "it refused the credentials: check the channel's configuration",
    de: "die Zugangsdaten wurden abgelehnt: bitte die Konfiguration des Kanals prüfen",
  },
  account: {
    en: "the account there cannot send: look there",
    de: "das Konto dort kann nicht senden: bitte dort nachsehen",
  },
  limit: {
    en: "the limit there is used up: raise it, or wait",
    de: "das Limit dort ist ausgeschöpft: bitte erhöhen oder abwarten",
  },
  busy: { en: "it asks to send less often", de: "es soll seltener gesendet werden" },
  fault: { en: "it has a fault of its own", de: "dort liegt eine Störung vor" },
  address: {
    en: "something else answers at the configured address: check the channel's configuration",
    de: "unter der eingestellten Adresse antwortet etwas anderes: bitte die Konfiguration prüfen",
  },
  sender: {
    en: "the sender may not send: check the channel's configuration",
    de: "der Absender darf nicht senden: bitte die Konfiguration des Kanals prüfen",
  },
  recipient: {
    en: "the recipient cannot get messages: check the address or number",
    de: "der Empfänger kann keine Nachrichten bekommen: bitte Adresse oder Nummer prüfen",
  },
  message: { en: "it refused the message", de: "die Nachricht wurde abgelehnt" },
  unconfirmed: {
    en: "nobody knows whether it arrived",
    de: "niemand weiß, ob sie ankam",
  },
  undelivered: { en: "it could not deliver the message", de: "sie konnte nicht zugestellt werden" },
  removed: {
    en: "the channel is no longer configured",
    de: "der Kanal ist nicht mehr eingerichtet",
  },
  other: { en: "it takes no messages", de: "es werden keine Nachrichten angenommen" },
} as const satisfies Readonly<Record<ProviderFailureCode, Phrase>>;

export const providerTexts = {
  ...codes,
  said: { en: "{what} (“{words}”)", de: "{what} („{words}“)" },
  code: { en: "{what} [{code}]", de: "{what} [{code}]" },
  passedOn: { en: "{what}: passed on to {channel}", de: "{what}: weitergegeben an {channel}" },
} as const satisfies Area;

const errorCodes = {
  bad_request: {
    en: "The hub does not accept this input.",
    de: "Der Hub nimmt diese Eingabe nicht an.",
  },
  unauthorized: { en: "Log in to do this.", de: "Dafür bitte anmelden." },
  foreign_origin: {
    en:
      "The hub takes this page for another one's: a proxy in between must pass on Host with its port.",
    de:
      "Der Hub hält diese Seite für eine fremde: Ein Proxy dazwischen muss Host samt Port weitergeben.",
  },
  tls_required: {
    en: "The hub takes this over an encrypted connection alone: open the page by https.",
    de: "Das nimmt der Hub nur verschlüsselt an: bitte die Seite über https öffnen.",
  },
  not_found: {
    en: "The hub does not know it, or knows it no longer.",
    de: "Der Hub kennt das nicht oder nicht mehr.",
  },
  method_not_allowed: {
    en: "The hub runs another version by now: load the page anew.",
    de: "Der Hub läuft inzwischen in einer anderen Version: bitte die Seite neu laden.",
  },
  exists: { en: "There is one already.", de: "Das gibt es schon." },
  full: {
    en:
      "The broker serves no more Pis: revoke one that nobody needs, or let Mosquitto be the broker in place of the hub's own.",
    de:
      "Der Broker bedient nicht mehr Pis: Es hilft, einem die Zugangsdaten zu entziehen, den niemand braucht, oder Mosquitto anstelle des eigenen Brokers.",
  },
  too_large: { en: "That is too long.", de: "Das ist zu lang." },
  upgrade_required: {
    en: "A proxy in between must pass on WebSockets.",
    de: "Ein Proxy dazwischen muss WebSockets weitergeben.",
  },
  unsupported_media_type: {
    en: "Something in between changes what this page sends.",
    de: "Etwas dazwischen verändert, was diese Seite sendet.",
  },
  too_many_attempts: {
    en: "That was asked for a moment ago: try again in a moment.",
    de: "Darum wurde eben erst gebeten: bitte gleich noch einmal versuchen.",
  },
  too_many_viewers: {
    en: "All places are taken: close a page.",
    de: "Alle Plätze sind besetzt: bitte eine Seite schließen.",
  },
  gone: {
    en: "The line was used, or is too old: make a new one.",
    de: "Die Zeile wurde benutzt oder ist zu alt: bitte eine neue erzeugen.",
  },
  busy: {
    en: "Too much of this is under way: try again in a moment.",
    de: "Davon läuft gerade zu viel: bitte gleich noch einmal versuchen.",
  },
  updates_off: {
    en: "This Pi takes no upgrades from its hub.",
    de: "Dieser Pi nimmt keine Aktualisierungen von seinem Hub an.",
  },
  not_up: {
    en: "This Pi is not up now.",
    de: "Dieser Pi läuft gerade nicht.",
  },
  up_to_date: {
    en: "The hub has no newer version for this Pi.",
    de: "Der Hub hat keine neuere Version für diesen Pi.",
  },
  no_tls: {
    en: "The hub has no TLS: without it, no Pi takes upgrades from it.",
    de: "Der Hub hat kein TLS: Ohne TLS nimmt kein Pi Aktualisierungen von ihm an.",
  },
  blind: {
    en: "The hub has no connection to the broker.",
    de: "Der Hub hat keine Verbindung zum Broker.",
  },
  broker: {
    en: "Mosquitto did not take the credential: the hub's log says why.",
    de: "Mosquitto hat die Zugangsdaten nicht angenommen: Das Protokoll des Hubs sagt, warum.",
  },
  no_disk: {
    en: "The hub's disk does not answer: nothing can be written now.",
    de: "Der Datenträger des Hubs antwortet nicht: Jetzt kann nichts geschrieben werden.",
  },
  internal: {
    en: "The hub could not answer: its log says why.",
    de: "Der Hub konnte nicht antworten: Sein Protokoll sagt, warum.",
  },
} as const satisfies Readonly<Record<ApiErrorCode, Phrase>>;

/** Why the hub refuses a request. */
export const errorTexts = {
  ...errorCodes,
  /** `bad_request` with the key whose value is wrong. */
  field: {
    en: "The hub does not accept the value of “{field}”.",
    de: "Der Hub nimmt den Wert von „{field}“ nicht an.",
  },
  /** `too_many_attempts` with the time to wait. */
  wait: {
    en: "That was asked for a moment ago: try again in {length}.",
    de: "Darum wurde eben erst gebeten: bitte in {length} noch einmal versuchen.",
  },
  other: {
    en: "The hub answered something else than expected (status {status}).",
    de: "Der Hub hat etwas Unerwartetes geantwortet (Status {status}).",
  },
} as const satisfies Area;

/** The values of requests that a person fills in, by the key that the API gives them. */
export const fieldTexts = {
  for: { en: "Duration", de: "Dauer" },
  id: { en: "Id", de: "Kennung" },
  name: { en: "Name", de: "Name" },
  node: { en: "Pi", de: "Pi" },
  password: { en: "Password", de: "Passwort" },
} as const satisfies Area;
