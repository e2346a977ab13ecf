/** One node's upgrade from the hub, as it was asked for. */

import type { UpdateFailure, UpdateReport } from "../protocol/update_report.ts";

export const UPGRADE_STEPS = [
  /** Other nodes come first. */
  "waiting",
  /** The hub has sent the request. */
  "asked",
  /** The node's agent has it. */
  "requested",
  /** The node's updater fetches and installs. */
  "running",
  /** The new version is there; the hub looks whether it stays. */
  "checking",
  "done",
  "failed",
] as const;
export type UpgradeStep = typeof UPGRADE_STEPS[number];

/** Why the hub gave up, beside what the node's updater says. */
export const UPGRADE_FAILURES = [
  /** The node was not up when its turn came. */
  "not_up",
  /** The agent does not react to the request. */
  "no_answer",
  /** The agent has asked, and the updater does not begin. */
  "not_started",
  /** The updater does not finish. */
  "stalled",
  /** The packages are installed, and the agent did not return with the new version. */
  "not_back",
  /** An earlier one in the same row failed, so this one was not tried. */
  "stopped",
] as const;
export type UpgradeFailure = UpdateFailure | typeof UPGRADE_FAILURES[number];

/** What the hub sees of a node that is to be upgraded. */
export interface UpgradeSight {
  readonly node: string;
  readonly isUp: boolean;
  /** The version of its installed package; `undefined` if it does not say. */
  readonly release: string | undefined;
  /** `undefined`: it takes no upgrades. */
  readonly report: UpdateReport | undefined;
}

/** The upgrade of one node. */
export interface Upgrade {
  readonly node: string;
  /** The version to install. */
  readonly version: string;
  readonly step: UpgradeStep;
  readonly failure: UpgradeFailure | undefined;
  /** The updater's last run when the node was asked; a report of that run is an old one. */
  readonly runBefore: string | undefined;
  /** When the present step has taken too long; with `checking`, when the new version counts. */
  readonly deadlineMs: number;
}

/** Whether nothing more will happen with it. */
export function isOver({ step }: Pick<Upgrade, "step">): boolean {
  return step === "done" || step === "failed";
}

/** Whether it is the one that is under way. */
export function isUnderWay({ step }: Pick<Upgrade, "step">): boolean {
  return step !== "waiting" && !isOver({ step });
}
