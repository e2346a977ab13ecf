/** Why providers take no messages, by the hub's codes. */

import type { ProviderFailureCode } from "../../core/api/feed.ts";
import type { Area, Phrase } from "./phrase.ts";

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
  other: { en: "it takes no messages", de: "es werden keine Nachrichten angenommen" },
} as const satisfies Readonly<Record<ProviderFailureCode, Phrase>>;

export const providerTexts = {
  ...codes,
  said: { en: "{what} (“{words}”)", de: "{what} („{words}“)" },
  code: { en: "{what} [{code}]", de: "{what} [{code}]" },
} as const satisfies Area;
