/** Texts of the page of one node. */

import type { Area } from "../../language/phrase.ts";

export const nodePageTexts = {
  all: { en: "All Pis", de: "Alle Pis" },
  waiting: { en: "Waiting for the hub…", de: "Warte auf den Hub…" },
  goneTitle: { en: "No Pi is called {id}", de: "Kein Pi heißt {id}" },
  goneHint: {
    en: "Nobody watches a Pi with this id: it was forgotten or revoked, or the address is wrong.",
    de: "Ein Pi mit dieser Kennung wird nicht überwacht: Er wurde vergessen oder ausgeschlossen, " +
      "oder die Adresse ist falsch.",
  },
  heard: { en: "last heard {age}", de: "{age} gehört" },
  neverHeard: { en: "never heard", de: "nie gehört" },

  machine: { en: "Machine", de: "Gerät" },
  id: { en: "Id", de: "Kennung" },
  group: { en: "Group", de: "Gruppe" },
  model: { en: "Model", de: "Modell" },
  serial: { en: "Serial number", de: "Seriennummer" },
  os: { en: "System", de: "System" },
  kernel: { en: "Kernel", de: "Kernel" },
  architecture: { en: "Architecture", de: "Architektur" },
  package: { en: "Package", de: "Paket" },
  hostname: { en: "Host name", de: "Hostname" },
  addresses: { en: "Addresses", de: "Adressen" },
  version: { en: "Agent", de: "Agent" },

  reach: { en: "Reach it", de: "Erreichen" },
  reach_up: { en: "on", de: "an" },
  reach_local: { en: "only from itself", de: "nur von ihm selbst" },
  reach_down: { en: "off", de: "aus" },
  reach_unknown: { en: "not known", de: "unbekannt" },
  reach_was: { en: "was {state}", de: "war {state}" },
  reachOpen: { en: "Open", de: "Öffnen" },
  reachOpenWay: { en: "Open {what}", de: "{what} öffnen" },
  reachCommand: { en: "Command for {what}", de: "Befehl für {what}" },
  reachCopy: { en: "Copy the command for {what}", de: "Befehl für {what} kopieren" },
  reachUntil: {
    en: "Reachable by {ways} until {when}.",
    de: "Bis {when} erreichbar über {ways}.",
  },
  reachAdvice_not_after_reboot: {
    en: "On it, as the user of Connect: loginctl enable-linger",
    de: "Auf ihm, als Benutzer von Connect: loginctl enable-linger",
  },
  reachAdvice_key_expires: {
    en: "On it: sudo tailscale up --force-reauth. Or turn the key's expiry off in Tailscale's " +
      "admin console.",
    de: "Auf ihm: sudo tailscale up --force-reauth. Oder den Ablauf des Schlüssels in der " +
      "Verwaltung von Tailscale abschalten.",
  },
  reachAdvice_key_expired: {
    en: "On it, by another way: sudo tailscale up --force-reauth",
    de: "Auf ihm, auf einem anderen Weg: sudo tailscale up --force-reauth",
  },
  linksChange: { en: "Change links…", de: "Links ändern…" },
  linksTitle: { en: "How is {name} reached?", de: "Wie ist {name} zu erreichen?" },
  linksLabel: { en: "Links", de: "Links" },
  linksHint: {
    en: "Separated by commas, a name may stand before each: ssh://alice@john-snow.local, " +
      "Connect: https://connect.raspberrypi.com/devices. Left empty, those of the Pi's own " +
      "config.ini count again.",
    de: "Durch Kommas getrennt, je ein Name davor, wenn Sie mögen: " +
      "ssh://alice@john-snow.local, Connect: https://connect.raspberrypi.com/devices. " +
      "Leer gelassen, gelten wieder die aus der config.ini des Pi.",
  },
  linksYes: { en: "Save", de: "Speichern" },
  linksWrong: {
    en: "Expected at most eight links with ssh, sftp, http, https, vnc or rdp, without a password.",
    de: "Höchstens acht Links mit ssh, sftp, http, https, vnc oder rdp, ohne Passwort.",
  },
  reachSignedIn: {
    en: "Whether it is signed in, rpi-connect status on it tells.",
    de: "Ob er angemeldet ist, sagt auf ihm rpi-connect status.",
  },

  measured: { en: "Measured now", de: "Jetzt gemessen" },
  availability: { en: "Availability", de: "Verfügbarkeit" },
  incidents: { en: "Incidents", de: "Vorfälle" },
  noIncident: { en: "None so far.", de: "Bisher keine." },
  allIncidents: { en: "All incidents with filter and CSV", de: "Alle Vorfälle mit Filter und CSV" },

  log: { en: "Log", de: "Verlauf" },
  logNothing: { en: "Nothing has changed so far.", de: "Bisher hat sich nichts geändert." },
  logRow: { en: "{from} → {to}", de: "{from} → {to}" },
  logSpoken: { en: "from {from} to {to}", de: "von {from} zu {to}" },
  reason_heartbeat: { en: "heartbeat", de: "Lebenszeichen" },
  reason_birth: { en: "its agent started", de: "sein Agent ist gestartet" },
  reason_last_will: { en: "its connection broke", de: "seine Verbindung riss ab" },
  reason_farewell: {
    en: "it said farewell, without a reason",
    de: "er hat sich ohne Grund abgemeldet",
  },
  reason_stop: { en: "its agent was stopped", de: "sein Agent wurde angehalten" },
  reason_restart: { en: "its agent restarts", de: "sein Agent startet neu" },
  reason_reboot: { en: "it reboots", de: "er startet neu" },
  reason_poweroff: { en: "it was shut down", de: "er wurde heruntergefahren" },
  reason_silence: { en: "silence", de: "Stille" },
  reason_not_heard: {
    en: "not heard since the hub started",
    de: "seit dem Start des Hubs nicht gehört",
  },
  reason_not_back: {
    en: "did not come back from a reboot",
    de: "kam nach einem Neustart nicht zurück",
  },
  reason_not_started: {
    en: "did not come back from a restart of its agent",
    de: "kam nach einem Neustart seines Agenten nicht zurück",
  },
  reason_not_returned: {
    en: "did not come back after it stopped",
    de: "kam nicht zurück, nachdem er angehalten hatte",
  },
  reason_agent_silent: {
    en: "its agent is silent, the machine answers",
    de: "sein Agent schweigt, das Gerät antwortet",
  },
  reason_removed: { en: "no longer watched", de: "nicht mehr überwacht" },
  logMore: { en: "Show older ones", de: "Ältere zeigen" },

  actions: { en: "Actions", de: "Aktionen" },
  acknowledge: { en: "Acknowledge", de: "Bestätigen" },
  acknowledgeHint: {
    en: "Somebody takes care of it: no reminders, no escalation, no buzzer for it.",
    de: "Jemand kümmert sich darum: keine Erinnerungen, keine Eskalation, kein Summer.",
  },
  acknowledgeDone: {
    en: "Acknowledged: no reminders and no buzzer until it is up again.",
    de: "Bestätigt: keine Erinnerungen und kein Summer, bis er wieder läuft.",
  },
  acknowledgeNothing: {
    en: "There was nothing open to acknowledge.",
    de: "Es war nichts offen, das zu bestätigen wäre.",
  },
  maintenanceHint: {
    en: "Nobody is notified and no buzzer sounds for this Pi, until then.",
    de: "Bis dahin wird niemand benachrichtigt, und kein Summer ertönt für diesen Pi.",
  },
  maintenanceFor: { en: "Maintenance for", de: "Wartung für" },
  for_30m: { en: "30 min", de: "30 min" },
  for_2h: { en: "2 h", de: "2 h" },
  for_8h: { en: "8 h", de: "8 h" },
  for_24h: { en: "1 day", de: "1 Tag" },
  for_168h: { en: "7 days", de: "7 Tage" },
  maintenanceStart: { en: "Start maintenance", de: "Wartung beginnen" },
  maintenanceAnew: { en: "Change the end", de: "Ende ändern" },
  maintenanceEnd: { en: "End maintenance now", de: "Wartung jetzt beenden" },
  maintenanceDone: { en: "In maintenance until {when}.", de: "In Wartung bis {when}." },
  maintenanceOver: { en: "Maintenance has ended.", de: "Die Wartung ist beendet." },
  outdatedHint: {
    en: "Its agent is older than the hub. A line of {add}, run on it, upgrades it.",
    de: "Sein Agent ist älter als der Hub. Eine Zeile von {add}, auf ihm ausgeführt, " +
      "aktualisiert ihn.",
  },
  outdatedAdd: { en: "Add a Pi", de: "Pi hinzufügen" },
  rename: { en: "Rename…", de: "Umbenennen…" },
  renameTitle: { en: "Rename {name}", de: "{name} umbenennen" },
  renameLabel: { en: "Name", de: "Name" },
  renameHint: {
    en:
      "So the hub calls it on the page and in messages. Left empty, it has the name again that it " +
      "gives itself.",
    de:
      "So nennt der Hub ihn auf der Seite und in Nachrichten. Leer gelassen, trägt er wieder den " +
      "Namen, den er sich selbst gibt.",
  },
  renameYes: { en: "Rename", de: "Umbenennen" },
  renameDone: { en: "The hub calls it {name} now.", de: "Der Hub nennt ihn jetzt {name}." },
  renameOwn: { en: "It has its own name again.", de: "Er trägt wieder seinen eigenen Namen." },
  forget: { en: "Forget…", de: "Vergessen…" },
  forgetTitle: { en: "Forget {name}?", de: "{name} vergessen?" },
  forgetHint: {
    en:
      "The hub no longer watches it, and nobody is notified when it dies. If it speaks again, it is " +
      "back. Its incidents stay in the history.",
    de: "Der Hub überwacht ihn nicht mehr, und niemand erfährt, wenn er ausfällt. Meldet er sich " +
      "wieder, ist er wieder da. Seine Vorfälle bleiben im Verlauf.",
  },
  forgetYes: { en: "Forget it", de: "Vergessen" },
  forgetDone: { en: "{name} is forgotten.", de: "{name} ist vergessen." },
  revoke: { en: "Revoke…", de: "Ausschließen…" },
  revokeTitle: { en: "Revoke the credential of {name}?", de: "{name} ausschließen?" },
  revokeHint: {
    en:
      "Its password at the broker ends for good, and the hub forgets it. To have it back, add it " +
      "anew.",
    de:
      "Sein Passwort am Broker gilt nie wieder, und der Hub vergisst ihn. Um ihn zurückzuholen, " +
      "muss er neu hinzugefügt werden.",
  },
  revokeYes: { en: "Revoke it", de: "Ausschließen" },
  revokeDone: { en: "The credential of {name} has ended.", de: "{name} ist ausgeschlossen." },
  left: { en: "Still to be done: {note}", de: "Noch zu tun: {note}" },
  leftInConfig: {
    en: "Still to be done: take {id} out of [cluster] nodes, or the hub's next start expects it.",
    de:
      "Noch zu tun: {id} aus [cluster] nodes entfernen, sonst erwartet ihn der Hub beim nächsten Start.",
  },
} as const satisfies Area;
