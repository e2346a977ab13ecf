/** Texts of a Pi's upgrade on its own page. */

import type { UpgradeFailure } from "../../../core/api/upgrade_view.ts";
import type { Area, Phrase } from "../../language/phrase.ts";

const JOURNAL_EN = "journalctl -u rpi-cluster-update on it says why.";
const JOURNAL_DE = "journalctl -u rpi-cluster-update auf ihm sagt, warum.";

const failures = {
  failure_off: {
    en: "It takes no upgrades from this hub any more.",
    de: "Er nimmt keine Aktualisierungen von diesem Hub mehr an.",
  },
  failure_config: {
    en: `Its configuration is not as its line wrote it. ${JOURNAL_EN}`,
    de: `Seine Konfiguration ist nicht, wie seine Zeile sie schrieb. ${JOURNAL_DE}`,
  },
  failure_system: {
    en: "A program is missing on it: sudo apt install curl openssl",
    de: "Ihm fehlt ein Programm: sudo apt install curl openssl",
  },
  failure_download: {
    en: `It cannot fetch from this hub. ${JOURNAL_EN}`,
    de: `Er kann von diesem Hub nichts laden. ${JOURNAL_DE}`,
  },
  failure_credential: {
    en: "This hub refuses its credential: join it again by a new line.",
    de: "Dieser Hub lehnt seine Zugangsdaten ab: bitte mit einer neuen Zeile neu aufnehmen.",
  },
  failure_signature: {
    en:
      "The packages are not signed by the hub that it has joined, so nothing was installed. If this hub is a new one, join it again by a new line.",
    de:
      "Die Pakete sind nicht von dem Hub unterschrieben, dem er beigetreten ist, deshalb wurde nichts installiert. Ist dieser Hub neu, bitte mit einer neuen Zeile neu aufnehmen.",
  },
  failure_manifest: {
    en: `The signed list was not for it, so nothing was installed. ${JOURNAL_EN}`,
    de:
      `Die unterschriebene Liste war nicht für ihn, deshalb wurde nichts installiert. ${JOURNAL_DE}`,
  },
  failure_no_package: {
    en: "This hub has no package for it ([hub] packages).",
    de: "Dieser Hub hat kein Paket für ihn ([hub] packages).",
  },
  failure_older: {
    en: "This hub's version is older than the installed one, so nothing was installed.",
    de: "Die Version dieses Hubs ist älter als die installierte, deshalb wurde nichts installiert.",
  },
  failure_too_large: {
    en: "A package was larger than it may be, so nothing was installed.",
    de: "Ein Paket war größer als erlaubt, deshalb wurde nichts installiert.",
  },
  failure_checksum: {
    en:
      "A package arrived with another content than this hub has listed, so nothing was installed.",
    de:
      "Ein Paket kam mit einem anderen Inhalt an, als dieser Hub aufgeführt hat, deshalb wurde nichts installiert.",
  },
  failure_package: {
    en: "A package was not what its name says, so nothing was installed.",
    de: "Ein Paket war nicht das, was sein Name sagt, deshalb wurde nichts installiert.",
  },
  failure_install: {
    en: `apt could not install the packages. ${JOURNAL_EN}`,
    de: `apt konnte die Pakete nicht installieren. ${JOURNAL_DE}`,
  },
  failure_interrupted: {
    en: `It was interrupted again and again. ${JOURNAL_EN}`,
    de: `Sie wurde immer wieder unterbrochen. ${JOURNAL_DE}`,
  },
  failure_other: { en: JOURNAL_EN, de: JOURNAL_DE },
  failure_not_up: {
    en: "It was not up when its turn came.",
    de: "Er lief nicht, als er an der Reihe war.",
  },
  failure_no_answer: {
    en: "Its agent does not react to the request.",
    de: "Sein Agent reagiert nicht auf die Bitte.",
  },
  failure_not_started: {
    en: "Its updater does not start: sudo systemctl enable --now rpi-cluster-update.path",
    de: "Sein Aktualisierer startet nicht: sudo systemctl enable --now rpi-cluster-update.path",
  },
  failure_stalled: {
    en: `Its updater does not finish. ${JOURNAL_EN}`,
    de: `Sein Aktualisierer wird nicht fertig. ${JOURNAL_DE}`,
  },
  failure_not_back: {
    en:
      "The new version is installed, and its agent is not back: journalctl -u agent on it says why.",
    de:
      "Die neue Version ist installiert, und sein Agent ist nicht zurück: journalctl -u agent auf ihm sagt, warum.",
  },
  failure_stopped: {
    en: "It was not tried, because the upgrade of another Pi failed.",
    de: "Sie wurde nicht versucht, weil die Aktualisierung eines anderen Pis fehlschlug.",
  },
} as const satisfies Readonly<Record<`failure_${UpgradeFailure}`, Phrase>>;

export const nodeUpgradeTexts = {
  heading: { en: "Upgrade", de: "Aktualisierung" },
  button: { en: "Upgrade to {version}", de: "Auf {version} aktualisieren" },
  hint: {
    en: "It fetches the packages from this hub. Nobody is notified while its agent restarts.",
    de:
      "Er lädt die Pakete von diesem Hub. Während sein Agent neu startet, wird niemand benachrichtigt.",
  },
  current: {
    en: "It has the newest version that this hub has.",
    de: "Er hat die neueste Version, die dieser Hub hat.",
  },
  to: { en: "To {version}: {step}", de: "Auf {version}: {step}" },
  done: { en: "Upgraded to {version}.", de: "Auf {version} aktualisiert." },
  failed: { en: "Not upgraded to {version}.", de: "Nicht auf {version} aktualisiert." },
  ...failures,
} as const satisfies Area;
