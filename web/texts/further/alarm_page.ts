/** Texts of the page about LEDs, buzzers and test messages. */

import type { Area } from "../../language/phrase.ts";

export const alarmPageTexts = {
  title: { en: "Alarm", de: "Alarm" },
  now: { en: "Now", de: "Jetzt" },
  unsure: {
    en: "The page does not hear the hub: what LEDs and buzzers do is not known.",
    de: "Die Seite hört den Hub nicht: Was LEDs und Summer tun, ist nicht bekannt.",
  },
  led: { en: "LEDs", de: "LEDs" },
  buzzer: { en: "Buzzers", de: "Summer" },
  led_all_well: { en: "are off", de: "sind aus" },
  led_blind: { en: "blink twice every 2 s", de: "blinken alle 2 s zweimal" },
  led_suspect: { en: "blink briefly every 2 s", de: "blinken alle 2 s kurz" },
  led_dead: { en: "blink once a second", de: "blinken jede Sekunde" },
  buzzer_on: {
    en: "sound: three beeps every 10 s, after two minutes one each minute",
    de: "ertönen: drei Töne alle 10 s, nach zwei Minuten einer pro Minute",
  },
  buzzer_off: { en: "are silent", de: "schweigen" },
  because: { en: "because {reason}", de: "denn {reason}" },
  reason_well: { en: "no Pi is late or down", de: "kein Pi ist verspätet oder ausgefallen" },
  reason_blind: {
    en: "the hub has not seen the broker since {when}",
    de: "der Hub sieht den Broker seit {when} nicht",
  },
  reason_late: { en: "{names} are late", de: "{names} sind verspätet" },
  reason_late_one: { en: "{names} is late", de: "{names} ist verspätet" },
  reason_down: { en: "{names} are down", de: "{names} sind ausgefallen" },
  reason_down_one: { en: "{names} is down", de: "{names} ist ausgefallen" },
  reason_silenced: {
    en: "somebody silenced what is down now, until {when}",
    de: "jemand hat sie für das, was jetzt ausgefallen ist, bis {when} stummgeschaltet",
  },
  reason_maintenance: {
    en: "the whole cluster is in maintenance until {when}",
    de: "der ganze Cluster ist bis {when} in Wartung",
  },
  reason_nodes: {
    en: "what is down is acknowledged, silenced or in maintenance",
    de: "was ausgefallen ist, ist bestätigt, stummgeschaltet oder in Wartung",
  },
  reason_hold: {
    en: "they wait a few seconds before they sound",
    de: "sie warten einige Sekunden, ehe sie ertönen",
  },
  reason_unsaid: {
    en: "they still wait, or somebody silenced them",
    de: "sie warten noch, oder jemand hat sie stummgeschaltet",
  },
  reason_only_dead: {
    en: "they only sound for a Pi that is down",
    de: "sie ertönen nur für einen ausgefallenen Pi",
  },
  more: { en: "{count} more", de: "{count} weitere" },
  and: { en: "{first} and {second}", de: "{first} und {second}" },
  ofTrackers: {
    en:
      "This applies to every Pi with a tracker: {names}. Quiet hours of a single Pi are not known here.",
    de:
      "Das gilt für jeden Pi mit einem Tracker: {names}. Ruhezeiten eines einzelnen Pis sind hier nicht bekannt.",
  },
  noTracker: {
    en:
      "No tracker is heard: no LED and no buzzer shows anything. One runs on each Pi that has them.",
    de:
      "Kein Tracker ist zu hören: Keine LED und kein Summer zeigt etwas an. Einer läuft auf jedem Pi, der sie hat.",
  },

  meanings: { en: "What the signs mean", de: "Was die Zeichen bedeuten" },
  meaning: { en: "Meaning", de: "Bedeutung" },
  sign_off: { en: "off", de: "aus" },
  sign_short: { en: "a short blink every 2 s", de: "alle 2 s ein kurzes Blinken" },
  sign_dead: { en: "on and off each second", de: "jede Sekunde an und aus" },
  sign_double: { en: "a double blink every 2 s", de: "alle 2 s ein doppeltes Blinken" },
  sign_triple: { en: "three blinks every 3 s", de: "alle 3 s ein dreifaches Blinken" },
  sound_none: { en: "silent", de: "schweigt" },
  sound_dead: {
    en: "three beeps every 10 s for 2 minutes, then one each minute",
    de: "2 Minuten lang drei Töne alle 10 s, dann einer pro Minute",
  },
  means_well: { en: "All is well", de: "Alles in Ordnung" },
  means_late: { en: "A Pi is late", de: "Ein Pi ist verspätet" },
  means_down: { en: "A Pi is down", de: "Ein Pi ist ausgefallen" },
  means_hub: {
    en: "The hub is down: nobody is notified",
    de: "Der Hub ist ausgefallen: Niemand wird benachrichtigt",
  },
  means_blind: {
    en: "No broker: nothing is known of the others",
    de: "Kein Broker: Von den anderen ist nichts bekannt",
  },

  silence: { en: "Silence the buzzers", de: "Summer stummschalten" },
  silenceHint: {
    en: "LEDs and page go on showing what is down. If another Pi dies, its alarm sounds.",
    de:
      "LEDs und Seite zeigen weiter, was ausgefallen ist. Ein weiterer Ausfall löst die Summer aus.",
  },
  silence_20m: { en: "For 20 min", de: "Für 20 min" },
  silence_1h: { en: "For 1 h", de: "Für 1 h" },
  silence_next: { en: "Until the next incident", de: "Bis zum nächsten Vorfall" },
  silenceDone: {
    en: "The buzzers are silenced until {when}.",
    de: "Die Summer schweigen bis {when}.",
  },
  silenceNextDone: {
    en: "The buzzers are silenced until the next incident.",
    de: "Die Summer schweigen bis zum nächsten Vorfall.",
  },
  inForce: { en: "In force", de: "In Kraft" },
  inForceNothing: {
    en: "Nothing is silenced, and nothing is in maintenance.",
    de: "Nichts ist stummgeschaltet, und nichts ist in Wartung.",
  },
  silencedAll: {
    en: "Silenced until {until} (all Pis down since {since} or before)",
    de: "Was um {since} ausgefallen war, ist bis {until} stummgeschaltet",
  },
  silencedByButton: {
    en:
      "Somebody pressed the button of {name} at {since}: silenced until {until} (all Pis down then)",
    de:
      "Um {since} wurde der Taster von {name} gedrückt: Was da ausgefallen war, ist bis {until} stummgeschaltet",
  },
  silencedNode: {
    en: "{name} is silenced until {until}",
    de: "{name} ist bis {until} stummgeschaltet",
  },
  maintainedAll: {
    en: "The whole cluster is in maintenance until {until}",
    de: "Der ganze Cluster ist bis {until} in Wartung",
  },
  maintainedNode: {
    en: "{name} is in maintenance until {until}",
    de: "{name} ist bis {until} in Wartung",
  },
  end: { en: "End it", de: "Beenden" },
  ended: { en: "It has ended.", de: "Es ist beendet." },

  messages: { en: "Messages", de: "Nachrichten" },
  channel_works: { en: "works, as far as is known", de: "funktioniert, soweit bekannt" },
  channel_printed: {
    en: "reaches nobody: messages are only printed",
    de: "erreicht niemanden: Nachrichten werden nur ausgegeben",
  },
  channel_down: { en: "takes no messages", de: "nimmt keine Nachrichten an" },
  channel_failing: {
    en: "delivered none of the last three messages",
    de: "hat die letzten drei Nachrichten nicht zugestellt",
  },
  brokers: { en: "Brokers", de: "Broker" },
  brokerSeen: {
    en: "the hub sees the cluster through it",
    de: "der Hub sieht den Cluster durch ihn",
  },
  brokerLost: {
    en: "the hub has not seen it since {when}",
    de: "der Hub sieht ihn seit {when} nicht",
  },
  brokerNeverSeen: {
    en: "the hub has not seen it yet",
    de: "der Hub hat ihn noch nicht gesehen",
  },

  watchdog: { en: "The watcher outside", de: "Der Wächter außerhalb" },
  watchdogLast: {
    en: "It was last pinged at {when}.",
    de: "Er wurde zuletzt um {when} angepingt.",
  },
  watchdogNever: { en: "It was not pinged yet.", de: "Er wurde noch nicht angepingt." },
  watchdogHint: {
    en: "It notifies you when the pings stop: when the hub, or the whole house, has no power.",
    de:
      "Er meldet sich, wenn die Pings ausbleiben: wenn der Hub oder das ganze Haus ohne Strom ist.",
  },
  watchdog_blind: {
    en: "No ping says that all is well: the hub does not see the cluster.",
    de: "Kein Ping meldet, dass alles gut ist: Der Hub sieht den Cluster nicht.",
  },
  watchdog_storage: {
    en: "No ping says that all is well: the hub cannot write its history.",
    de: "Kein Ping meldet, dass alles gut ist: Der Hub kann seinen Verlauf nicht schreiben.",
  },
  watchdog_outbox: {
    en: "No ping says that all is well: messages wait and do not go out.",
    de: "Kein Ping meldet, dass alles gut ist: Nachrichten warten und gehen nicht hinaus.",
  },
  watchdog_providers: {
    en: "No ping says that all is well: no provider of messages can be reached.",
    de: "Kein Ping meldet, dass alles gut ist: Kein Anbieter von Nachrichten ist erreichbar.",
  },
  watchdog_stuck: {
    en: "No ping says that all is well: the hub hangs.",
    de: "Kein Ping meldet, dass alles gut ist: Der Hub hängt.",
  },
  watchdogRefused: {
    en: "It did not accept the latest ping: status {status}.",
    de: "Er hat den letzten Ping nicht angenommen: Status {status}.",
  },
  watchdogError_no_answer: {
    en: "It did not answer the latest ping in time.",
    de: "Er hat den letzten Ping nicht rechtzeitig beantwortet.",
  },
  watchdogError_redirected: {
    en: "It answered the latest ping with a redirect, which the hub does not follow.",
    de: "Er hat den letzten Ping mit einer Weiterleitung beantwortet, der der Hub nicht folgt.",
  },
  watchdogError_unreachable: {
    en: "It could not be reached for the latest ping.",
    de: "Er war für den letzten Ping nicht erreichbar.",
  },

  setUpIntro: {
    en: "Nobody is notified when a Pi dies. The quickest way costs nothing and needs no account:",
    de:
      "Niemand wird benachrichtigt, wenn ein Pi ausfällt. Der schnellste Weg kostet nichts und braucht " +
      "kein Konto:",
  },
  setUpApp: {
    en: "Install the app ntfy on your phone, and subscribe to the topic {topic}.",
    de: "Die App ntfy auf dem Telefon installieren und das Thema {topic} abonnieren.",
  },
  setUpConfig: {
    en: "Add this to the hub's configuration (hub.ini):",
    de: "Dies in die Konfiguration des Hubs (hub.ini) eintragen:",
  },
  setUpLabel: { en: "Settings of the hub", de: "Einstellungen des Hubs" },
  setUpCopy: { en: "Copy the settings", de: "Einstellungen kopieren" },
  setUpRestart: {
    en: "Restart the hub (sudo systemctl restart hub), then send a test message below.",
    de: "Den Hub neu starten (sudo systemctl restart hub), dann unten eine Probenachricht senden.",
  },
  setUpOthers: {
    en: "SMS, Telegram, Slack, Discord and your own webhook: see docs/channels.md.",
    de: "SMS, Telegram, Slack, Discord und ein eigener Webhook: siehe docs/channels.md.",
  },

  test: { en: "Test", de: "Testen" },
  testAlarm: { en: "Test alarm on one Pi", de: "Probealarm auf einem Pi" },
  testAlarmHint: {
    en: "Its LED and buzzer play for 5 s.",
    de: "Seine LED und sein Summer spielen 5 s lang.",
  },
  testAlarmNode: { en: "Pi", de: "Pi" },
  testAlarmYes: { en: "Play the alarm", de: "Alarm spielen" },
  testAlarmDone: {
    en: "{name} was asked to play its alarm for 5 s.",
    de: "{name} wurde gebeten, 5 s lang Alarm zu spielen.",
  },
  testMessage: { en: "Test message", de: "Probenachricht" },
  testMessageHint: {
    en: "One message goes through every channel to everyone who would be notified.",
    de: "Über jeden Weg geht eine Nachricht an alle, die benachrichtigt würden.",
  },
  testMessageYes: { en: "Send a test message", de: "Probenachricht senden" },
  testMessageBusy: { en: "Sending…", de: "Wird gesendet…" },
  testMessageNobody: {
    en: "Nobody would be notified: no channel is set up.",
    de: "Niemand würde benachrichtigt: Kein Weg ist eingerichtet.",
  },
  testMessagePrinted: {
    en: "Nobody would be notified: the message was only printed to the hub's log.",
    de: "Niemand würde benachrichtigt: Die Nachricht steht nur im Protokoll des Hubs.",
  },
  outcomes: { en: "Outcomes", de: "Ergebnisse" },
  outcomesCounted: {
    en: { one: "{count} message: {good} went out.", other: "{count} messages: {good} went out." },
    de: {
      one: "{count} Nachricht: {good} ging hinaus.",
      other: "{count} Nachrichten: {good} gingen hinaus.",
    },
  },
  outcome_accepted: { en: "accepted by the provider", de: "vom Anbieter angenommen" },
  outcome_delivered: { en: "delivered", de: "zugestellt" },
  outcome_printed: { en: "reached nobody", de: "erreichte niemanden" },
  outcome_deferred: { en: "not now", de: "jetzt nicht" },
  outcome_refused: { en: "refused", de: "abgelehnt" },
  outcome_failed: { en: "not delivered", de: "nicht zugestellt" },
  outcome_unconfirmed: {
    en: "sent; whether it arrived is not known",
    de: "gesendet; ob sie ankam, ist nicht bekannt",
  },
} as const satisfies Area;
