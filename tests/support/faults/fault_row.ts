/** A row of the fault matrix: what is done, and what the person is told of it. */

import type { Told } from "../alerting/expected_texts.ts";
import type { StageSettings } from "./fault_settings.ts";
import type { Stage } from "./fault_stage.ts";

export interface FaultRow extends StageSettings {
  /** What is done. */
  readonly fault: string;
  /** The soak alone plays the others. */
  readonly inEveryRun?: true;
  /** About, so that long rows begin first. */
  readonly lastsMs: number;
  /** Exactly these messages, in this order; none leaves the person alone. */
  readonly told: readonly Told[];
  /** The same of the second channel, where there is one. */
  readonly posted?: readonly Told[];
  /** The fault of the first channel goes on: only the second one tells what comes after it. */
  readonly outlasts?: boolean;
  /**
   * Nodes that the hub takes for dead meanwhile, in this order, whether people hear of it or not;
   * `undefined` where that hangs on random.
   */
  readonly deaths: readonly string[] | undefined;
  /** Resolves when the fault is over and people were told of it. */
  play(stage: Stage): Promise<void>;
}
