/** Texts of the line with which a Pi joins, and of how far it is. */

import type { JoinFailure, JoinStep } from "../../../core/api/join_view.ts";
import type { Area, Phrase } from "../../language/phrase.ts";

/** The steps on the way, as they are called before and after. */
const steps = {
  made: { en: "Line made", de: "Zeile erzeugt" },
  fetched: { en: "Script fetched", de: "Skript geholt" },
  installed: { en: "Packages installed", de: "Pakete installiert" },
  configured: { en: "Configuration written", de: "Konfiguration geschrieben" },
  started: { en: "Services started", de: "Dienste gestartet" },
  up: { en: "First heartbeat", de: "Erstes Lebenszeichen" },
  removed: { en: "Taken out of the cluster", de: "Aus dem Cluster entfernt" },
} as const satisfies Readonly<Record<JoinStep, Phrase>>;

const failures = {
  failure_expired: {
    en: "Nobody used the line in time. Make a new one.",
    de: "Die Zeile wurde nicht rechtzeitig benutzt. Bitte eine neue erzeugen.",
  },
  failure_stalled: {
    en: "The script began and did not finish. Make a new line, and look at what it says on the Pi.",
    de:
      "Das Skript begann und wurde nicht fertig. Bitte eine neue Zeile erzeugen und auf dem Pi lesen, was es sagt.",
  },
  failure_no_root: {
    en: "The script did not run as root. Run the same line again, with sudo before sh.",
    de: "Das Skript lief nicht als root. Bitte dieselbe Zeile noch einmal, mit sudo vor sh.",
  },
  failure_system: {
    en:
      "This system has no dpkg, apt or systemd, or the line had a wrong option. It must be Debian, Raspberry Pi OS or Ubuntu.",
    de:
      "Diesem System fehlt dpkg, apt oder systemd, oder die Zeile hatte eine falsche Option. Es muss Debian, Raspberry Pi OS oder Ubuntu sein.",
  },
  failure_architecture: {
    en:
      "This system has 32 bits and no Node.js 18. Put rpi-cluster-alert-agent-sh into the folder [hub] packages on the hub, or install the 64-bit Raspberry Pi OS. A tracker needs Node.js or 64 bits.",
    de:
      "Dieses System hat 32 Bit und kein Node.js 18. Bitte rpi-cluster-alert-agent-sh auf dem Hub in den Ordner [hub] packages legen oder das 64-Bit-Raspberry-Pi-OS installieren. Ein Tracker braucht Node.js oder 64 Bit.",
  },
  failure_no_package: {
    en:
      "The hub has no packages for this Pi. Put them into the folder [hub] packages on the hub, then run the same line again.",
    de:
      "Der Hub hat keine Pakete für diesen Pi. Bitte auf dem Hub in den Ordner [hub] packages legen und dieselbe Zeile noch einmal ausführen.",
  },
  failure_download: {
    en:
      "The Pi could not fetch a package from the hub. Look at its network, then run the same line again.",
    de:
      "Der Pi konnte ein Paket nicht vom Hub holen. Bitte sein Netz prüfen und dieselbe Zeile noch einmal ausführen.",
  },
  failure_checksum: {
    en:
      "A package arrived with another content than the hub has. Nothing was installed. Run the same line again; if it happens again, something in between changes it.",
    de:
      "Ein Paket kam mit anderem Inhalt an, als der Hub hat. Es wurde nichts installiert. Bitte dieselbe Zeile noch einmal; bleibt es dabei, verändert es etwas dazwischen.",
  },
  failure_install: {
    en:
      "apt refused the packages. The script has shown its last lines on the Pi: often another apt runs, or the disk is full. Then run the same line again.",
    de:
      "apt hat die Pakete abgelehnt. Das Skript hat auf dem Pi die letzten Zeilen gezeigt: Oft läuft ein anderes apt, oder der Datenträger ist voll. Danach dieselbe Zeile noch einmal.",
  },
  failure_configuration: {
    en:
      "The configuration could not be fetched or written, or the credential could not be ended. Look at what the script says on the Pi, then make a new line.",
    de:
      "Die Konfiguration ließ sich nicht holen oder schreiben, oder die Zugangsdaten ließen sich nicht beenden. Bitte auf dem Pi lesen, was das Skript sagt, dann eine neue Zeile erzeugen.",
  },
  failure_start: {
    en:
      "A service does not start. On the Pi, journalctl -u agent -e and journalctl -u tracker -e say why.",
    de:
      "Ein Dienst startet nicht. Auf dem Pi sagen journalctl -u agent -e und journalctl -u tracker -e, warum.",
  },
  failure_no_heartbeat: {
    en:
      "The services run, but the hub does not hear the Pi. On the Pi, journalctl -u agent -e says why: often a firewall keeps it from the broker.",
    de:
      "Die Dienste laufen, aber der Hub hört den Pi nicht. Auf dem Pi sagt journalctl -u agent -e, warum: Oft hält ihn eine Firewall vom Broker fern.",
  },
  failure_other_id: {
    en: "The line is for another Pi than the one on which it ran. Nothing was removed.",
    de: "Die Zeile gehört zu einem anderen Pi als dem, auf dem sie lief. Es wurde nichts entfernt.",
  },
} as const satisfies Readonly<Record<`failure_${JoinFailure}`, Phrase>>;

export const joinTexts = {
  ...steps,
  ...failures,
  intro: {
    en:
      "The hub makes one line. Run on the new Pi, it installs the programs and connects the Pi to this hub.",
    de:
      "Der Hub erzeugt eine Zeile. Auf dem neuen Pi ausgeführt, installiert sie die Programme und verbindet den Pi mit diesem Hub.",
  },
  make: { en: "Make the line", de: "Zeile erzeugen" },
  run: { en: "1. Run this on {name}", de: "1. Dies auf {name} ausführen" },
  where: {
    en: "In a terminal on the Pi, or from your computer after {command}.",
    de: "In einem Terminal auf dem Pi, oder vom eigenen Rechner aus nach {command}.",
  },
  line: { en: "Line for the Pi", de: "Zeile für den Pi" },
  copyLine: { en: "Copy the line", de: "Zeile kopieren" },
  left: {
    en: "It works once, within {length}. It is shown only here and now.",
    de: "Sie wirkt einmal, innerhalb von {length}. Sie wird nur hier und jetzt gezeigt.",
  },
  clear: {
    en:
      "The hub speaks no TLS: whoever listens in this network can read the Pi's password. Run the line only in a network that you trust.",
    de:
      "Der Hub spricht kein TLS: Wer in diesem Netz mithört, kann das Passwort des Pi lesen. Bitte nur in einem Netz ausführen, dem Sie vertrauen.",
  },
  noPackages: {
    en:
      "The hub has no packages to give (folder [hub] packages). The line then works only where the programs are installed already.",
    de:
      "Der Hub hat keine Pakete (Ordner [hub] packages). Die Zeile wirkt dann nur, wo die Programme schon installiert sind.",
  },
  offers: { en: "The hub has packages for {list}.", de: "Der Hub hat Pakete für {list}." },
  others: { en: "any other", de: "alle anderen" },
  later: { en: "When it has run: {note}", de: "Wenn sie gelaufen ist: {note}" },
  read: { en: "Read the script before it runs", de: "Das Skript vorher lesen" },
  readHint: {
    en: "These three commands do the same without a pipe into a shell:",
    de: "Diese drei Befehle bewirken dasselbe ohne Pipe in eine Shell:",
  },
  commands: { en: "Three commands", de: "Drei Befehle" },
  copyCommands: { en: "Copy the three commands", de: "Die drei Befehle kopieren" },
  options: { en: "Only a part, or out again", de: "Nur ein Teil, oder wieder entfernen" },
  optionsHint: {
    en:
      "After sudo sh: {agent} for a Pi without LED and buzzer, {tracker} for LED and buzzer alone, {uninstall} to take the Pi out of the cluster.",
    de:
      "Hinter sudo sh: {agent} für einen Pi ohne LED und Summer, {tracker} für LED und Summer allein, {uninstall}, um den Pi aus dem Cluster zu entfernen.",
  },
  follow: { en: "2. Follow along", de: "2. Mitverfolgen" },
  from: { en: "by {address}", de: "von {address}" },
  gone: {
    en: "The hub was started anew, and no longer knows this line. Make a new one.",
    de: "Der Hub wurde neu gestartet und kennt diese Zeile nicht mehr. Bitte eine neue erzeugen.",
  },
  stepDone: { en: "done", de: "erledigt" },
  stepNow: { en: "waiting", de: "läuft" },
  stepFailed: { en: "failed", de: "fehlgeschlagen" },
  open: { en: "Not arrived yet", de: "Noch nicht angekommen" },
  unheard: { en: "Credentials that no Pi has used", de: "Zugänge, die kein Pi benutzt hat" },
  unheardHint: {
    en:
      "The hub has heard neither agent nor tracker with these ids. Another program, such as Home Assistant, may use one.",
    de:
      "Mit diesen Ids hat der Hub weder Agent noch Tracker gehört. Ein anderes Programm, etwa Home Assistant, kann eine benutzen.",
  },
  unheardRevoke: {
    en: "Revoke the credential of {name}",
    de: "Den Zugang von {name} beenden",
  },
  unheardRevokeHint: {
    en: "Its password at the broker ends for good. To have it back, add it anew.",
    de:
      "Sein Passwort am Broker gilt nie wieder. Um ihn zurückzuholen, muss er neu hinzugefügt werden.",
  },
  unheardMore: { en: "and {count} more", de: "und {count} weitere" },
  end: { en: "End the line", de: "Zeile beenden" },
  endOf: { en: "End the line for {name}", de: "Zeile für {name} beenden" },
  ended: { en: "Nobody can use it any more.", de: "Niemand kann sie mehr benutzen." },
  again: { en: "Make a new line", de: "Neue Zeile erzeugen" },
  left_cluster: { en: "{name} has left the cluster", de: "{name} ist aus dem Cluster entfernt" },
} as const satisfies Area;
