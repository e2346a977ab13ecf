/** An upgrade of a node from the hub, as the API and the page show it. */

import { UPDATE_FAILURES } from "../protocol/update_report.ts";
import {
  UPGRADE_FAILURES as HUB_FAILURES,
  UPGRADE_STEPS,
  type UpgradeFailure,
  type UpgradeStep,
} from "../update/upgrade.ts";

export { UPGRADE_STEPS };
export type { UpgradeFailure, UpgradeStep };

/** What the node's updater says, and what the hub finds. */
export const UPGRADE_FAILURES: readonly [UpgradeFailure, ...UpgradeFailure[]] = [
  ...UPDATE_FAILURES,
  ...HUB_FAILURES,
];

export interface UpgradeView {
  /** The version that the hub has for the node; `null` if it is not newer than the node's. */
  readonly available: string | null;
  /** How far the node's upgrade is, or how the last one ended; `null` if none was asked for. */
  readonly step: UpgradeStep | null;
  /** The version of that upgrade. */
  readonly version: string | null;
  /** With `failed`. */
  readonly failure: UpgradeFailure | null;
}
