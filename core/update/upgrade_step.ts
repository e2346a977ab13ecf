/** How what the hub sees of a node, or the time that passes, changes the node's upgrade. */

import type { UpdateReport } from "../protocol/update_report.ts";
import { compareVersions } from "../text/package_version.ts";
import type { Upgrade, UpgradeFailure, UpgradeSight } from "./upgrade.ts";

/** An agent reads the request at once. */
const ANSWER_MS = 60_000;
/** A Pi that is busy starts a service slowly. */
const START_MS = 120_000;
/** Slow networks and slow cards: the updater itself gives up earlier. */
const RUN_MS = 50 * 60_000;
/** A Pi that restarts its agent is down after three minutes, which people are told then. */
const BACK_MS = 240_000;
/** A version that fails soon after its start must not reach the next node. */
const CHECK_MS = 10_000;

/** The upgrade when its node's turn has come. `isSent`: the request is to be sent. */
export function begun(
  upgrade: Upgrade,
  sight: UpgradeSight,
  nowMs: number,
): { readonly upgrade: Upgrade; readonly isSent: boolean } {
  if (!sight.isUp) return { upgrade: failed(upgrade, "not_up"), isSent: false };
  if (sight.report === undefined) return { upgrade: failed(upgrade, "off"), isSent: false };
  const turn = { ...upgrade, runBefore: sight.report.run };
  return hasRelease(upgrade, sight)
    ? { upgrade: moved(turn, "checking", nowMs + CHECK_MS), isSent: false }
    : { upgrade: moved(turn, "asked", nowMs + ANSWER_MS), isSent: true };
}

/** The upgrade after a look at its node. */
export function seen(upgrade: Upgrade, sight: UpgradeSight, nowMs: number): Upgrade {
  const report = newReport(upgrade, sight);
  if (report?.state === "failed") return failed(upgrade, report.failure ?? "other");
  const isRunning = report?.state === "running";
  if (hasRelease(upgrade, sight) && sight.isUp && !isRunning) {
    return upgrade.step === "checking" ? upgrade : moved(upgrade, "checking", nowMs + CHECK_MS);
  }
  switch (upgrade.step) {
    case "checking":
      // It died soon after its start.
      return moved(upgrade, "running", nowMs + BACK_MS);
    case "asked":
      if (sight.report?.state === "asked") return moved(upgrade, "requested", nowMs + START_MS);
      break;
    case "running":
      // The agent restarts at the end of an installation.
      return report?.state === "done" && upgrade.deadlineMs > nowMs + BACK_MS
        ? { ...upgrade, deadlineMs: nowMs + BACK_MS }
        : upgrade;
  }
  return report === undefined ? upgrade : moved(upgrade, "running", nowMs + RUN_MS);
}

/** The upgrade after its deadline. */
export function overdue(upgrade: Upgrade, sight: UpgradeSight): Upgrade {
  switch (upgrade.step) {
    case "asked":
      return failed(upgrade, "no_answer");
    case "requested":
      return failed(upgrade, "not_started");
    case "running":
      return failed(upgrade, isInstalled(upgrade, sight) ? "not_back" : "stalled");
    case "checking":
      return { ...upgrade, step: "done", deadlineMs: Infinity };
    case "waiting":
    case "done":
    case "failed":
      return upgrade;
  }
}

export function failed(upgrade: Upgrade, failure: UpgradeFailure): Upgrade {
  return { ...upgrade, step: "failed", failure, deadlineMs: Infinity };
}

function moved(upgrade: Upgrade, step: Upgrade["step"], deadlineMs: number): Upgrade {
  return { ...upgrade, step, deadlineMs };
}

function hasRelease({ version }: Upgrade, { release }: UpgradeSight): boolean {
  return release !== undefined && compareVersions(release, version) >= 0;
}

function isInstalled(upgrade: Upgrade, sight: UpgradeSight): boolean {
  return hasRelease(upgrade, sight) || newReport(upgrade, sight)?.state === "done";
}

/** The report of a run that began after the node was asked. */
function newReport({ runBefore }: Upgrade, { report }: UpgradeSight): UpdateReport | undefined {
  return report?.run === undefined || report.run === runBefore ? undefined : report;
}
