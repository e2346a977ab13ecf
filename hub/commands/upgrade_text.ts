/** An upgrade of a Pi as lines for the terminal. */

import type { NodeView } from "../../core/api/node_view.ts";
import type { UpgradeFailure, UpgradeStep, UpgradeView } from "../../core/api/upgrade_view.ts";
import { plainText } from "../../core/text/plain_text.ts";

const STEPS: Readonly<Record<UpgradeStep, string>> = {
  waiting: "waits for its turn",
  asked: "asked to upgrade",
  requested: "has the request",
  running: "fetches and installs",
  checking: "is back, and is watched for a moment",
  done: "upgraded",
  failed: "not upgraded",
};

/** Why, and what to do. */
const FAILURES: Readonly<Record<UpgradeFailure, string>> = {
  off: "it takes no upgrades from this hub any more",
  config: "its configuration is not as its line wrote it: journalctl -u rpi-cluster-update there",
  system: "a program is missing there: sudo apt install curl openssl",
  download: "it cannot fetch from the hub: journalctl -u rpi-cluster-update there",
  credential: "the hub refuses its credential: join it again by a new line",
  signature: "the packages are not signed by the hub that it has joined: join it again by a new " +
    "line if this hub is a new one",
  manifest: "the signed list is not for it: journalctl -u rpi-cluster-update there",
  no_package: "the hub has no package for it ([hub] packages)",
  older: "the hub's version is older than the installed one",
  too_large: "a package is larger than it may be",
  checksum: "a package arrived with another content than the hub has listed",
  package: "a package is not what its name says",
  install: "apt could not install the packages: journalctl -u rpi-cluster-update there",
  interrupted: "it was interrupted again and again",
  other: "journalctl -u rpi-cluster-update there says why",
  not_up: "it was not up when its turn came",
  no_answer: "its agent does not react to the request",
  not_started: "its updater does not start: systemctl status rpi-cluster-update.path there",
  stalled: "its updater does not finish: journalctl -u rpi-cluster-update there",
  not_back: "it is installed, and the agent is not back with it: journalctl -u agent there",
  stopped: "not tried, because the one before failed",
};

/** `arya: not upgraded to 0.2.0: ...`. `undefined` when nobody has asked. */
export function upgradeLine(
  { id, upgrade }: Pick<NodeView, "id" | "upgrade">,
): string | undefined {
  if (upgrade === null || upgrade.step === null) return undefined;
  const { step, version, failure } = upgrade;
  // A newer hub may have steps and reasons that this program does not know.
  const what: string = STEPS[step] ?? plainText(step);
  const to = version === null ? "" : ` to ${plainText(version)}`;
  const why = failure === null ? "" : `: ${FAILURES[failure] ?? plainText(failure)}`;
  return isOver(upgrade) ? `${id}: ${what}${to}${why}` : `${id}: ${what}`;
}

export function isOver({ step }: Pick<UpgradeView, "step">): boolean {
  return step === null || step === "done" || step === "failed";
}
