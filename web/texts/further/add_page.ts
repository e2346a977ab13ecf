/** Texts of the page that adds a Pi. */

import type { Area } from "../../language/phrase.ts";

export const addPageTexts = {
  title: { en: "Add a Pi", de: "Pi hinzufügen" },
  guest: { en: "Log in to add a Pi.", de: "Bitte anmelden, um einen Pi hinzuzufügen." },
  name: { en: "Name", de: "Name" },
  nameHint: {
    en: "What people call it, such as John Snow.",
    de: "Wie Menschen ihn nennen, etwa John Snow.",
  },
  id: { en: "Id", de: "Kennung" },
  idHint: {
    en: "Small letters, digits and hyphens; best its host name.",
    de: "Kleine Buchstaben, Ziffern und Bindestriche; am besten sein Hostname.",
  },
  idWrong: {
    en: "An id has 1 to 63 small letters, digits and hyphens.",
    de: "Eine Kennung besteht aus 1 bis 63 kleinen Buchstaben, Ziffern und Bindestrichen.",
  },
  updates: {
    en: "Upgrades from this hub",
    de: "Aktualisierungen von diesem Hub",
  },
  updatesHint: {
    en:
      "With the line. Whoever is logged in here can then upgrade the Pi with one click; it installs " +
      "what this hub has signed, and nothing else.",
    de:
      "Mit der Zeile. Wer hier angemeldet ist, kann den Pi dann mit einem Klick aktualisieren; er " +
      "installiert, was dieser Hub unterschrieben hat, und nichts anderes.",
  },
  idKnown: {
    en: "There is a Pi with this id: its present password ends, and it has to be set up anew.",
    de:
      "Einen Pi mit dieser Kennung gibt es schon: Sein jetziges Passwort endet, und er muss neu " +
      "eingerichtet werden.",
  },
  renewTitle: { en: "A new password for {id}?", de: "Ein neues Passwort für {id}?" },
  renewHint: {
    en:
      "There is one already. With a new configuration it ends at once, and the hub does not hear that Pi until it is there. With a line it ends when the line has installed the programs.",
    de:
      "Es gibt schon eines. Mit einer neuen Konfiguration endet es sofort, und bis sie auf dem Pi ist, hört der Hub ihn nicht. Mit einer Zeile endet es, wenn diese die Programme installiert hat.",
  },
  renewYes: { en: "Replace it", de: "Ersetzen" },
  make: { en: "Only its configuration", de: "Nur die Konfiguration" },
  making: { en: "One moment…", de: "Einen Moment…" },
  made: {
    en: "It is ready for {name}.",
    de: "Es ist fertig für {name}.",
  },

  save: { en: "1. Save this as {file}", de: "1. Als {file} speichern" },
  once: {
    en:
      "It holds the password of {name} and is shown this once: when you leave this page it is gone.",
    de: "Sie enthält das Passwort von {name} und wird nur dieses eine Mal gezeigt: Wer die Seite " +
      "verlässt, sieht sie nicht wieder.",
  },
  config: { en: "Configuration", de: "Konfiguration" },
  copy: { en: "Copy", de: "Kopieren" },
  copyConfig: { en: "Copy the configuration", de: "Konfiguration kopieren" },
  commands: { en: "Commands", de: "Befehle" },
  copyCommands: { en: "Copy the commands", de: "Befehle kopieren" },
  trackerCommands: { en: "Commands for the tracker", de: "Befehle für den Tracker" },
  copyTrackerCommands: {
    en: "Copy the commands for the tracker",
    de: "Befehle für den Tracker kopieren",
  },
  copied: { en: "Copied.", de: "Kopiert." },
  notCopied: {
    en: "The browser does not let the page copy: it is marked, press Ctrl+C.",
    de: "Der Browser lässt die Seite nicht kopieren: Es ist markiert, bitte Strg+C drücken.",
  },
  orPaste: {
    en: "Or run this on the Pi, which writes the same configuration there:",
    de: "Oder dies auf dem Pi ausführen, was dort dieselbe Konfiguration anlegt:",
  },
  pasteCommand: {
    en: "Command that writes the configuration",
    de: "Befehl, der die Konfiguration anlegt",
  },
  copyPaste: { en: "Copy the command", de: "Befehl kopieren" },
  left: { en: "Still to be done: {note}", de: "Noch zu tun: {note}" },
  install: { en: "2. Install the agent on the Pi", de: "2. Den Agenten auf dem Pi installieren" },
  installHint: {
    en: "On your computer, in the folder with {file} and the programs:",
    de: "Auf dem eigenen Rechner, im Ordner mit {file} und den Programmen:",
  },
  installTracker: {
    en: "With an LED or a buzzer also the tracker:",
    de: "Mit LED oder Summer auch den Tracker:",
  },
  watch: { en: "3. Watch it appear", de: "3. Zusehen, wie er erscheint" },
  waiting: { en: "Waiting for {name}…", de: "Warte auf {name}…" },
  waitingSince: { en: "for {length}", de: "seit {length}" },
  appeared: { en: "{name} is up", de: "{name} läuft" },
  open: { en: "Show {name}", de: "{name} zeigen" },
  another: { en: "Add another Pi", de: "Noch einen Pi hinzufügen" },
  late: { en: "Not there yet? What to check", de: "Noch nicht da? Was zu prüfen ist" },
  check_power: {
    en: "Is the Pi on, and in the same network? {command} on your computer should answer.",
    de: "Ist der Pi an und im selben Netz? {command} auf dem eigenen Rechner sollte antworten.",
  },
  check_agent: {
    en: "Does the agent run? {command} on the Pi says what it does, or why it does not.",
    de: "Läuft der Agent? {command} auf dem Pi sagt, was er tut, oder warum nicht.",
  },
  check_config: {
    en: "Is the configuration whole? {command} on the Pi says what is wrong with it.",
    de: "Ist die Konfiguration vollständig? {command} auf dem Pi sagt, was an ihr falsch ist.",
  },
  check_broker: {
    en: "Does the Pi reach the broker at {address}? A firewall in between must let it pass.",
    de:
      "Erreicht der Pi den Broker unter {address}? Eine Firewall dazwischen muss ihn durchlassen.",
  },
  check_reload: {
    en: "With Mosquitto: {command} on its machine makes it read the new password.",
    de: "Mit Mosquitto: {command} auf dessen Rechner lässt es das neue Passwort lesen.",
  },
} as const satisfies Area;
