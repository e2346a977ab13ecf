/** The steps of a join as rows of a list. */

import {
  JOIN_STEPS,
  type JoinFailure,
  type JoinStep,
  type JoinView,
} from "../../core/api/join_view.ts";

export type RowState = "done" | "now" | "failed" | "later";

export interface JoinRow {
  readonly step: JoinStep;
  readonly state: RowState;
}

/** The way of a Pi into the cluster. */
const WAY: readonly JoinStep[] = JOIN_STEPS.filter((step) => step !== "removed");

export interface JoinProgress {
  readonly rows: readonly JoinRow[];
  readonly failure: JoinFailure | null;
  /** Nothing more will happen with this line. */
  readonly isOver: boolean;
}

/** Whether the Pi has neither arrived nor left, and its line did not simply grow too old. */
export function isUnfinished({ step, failure }: JoinView): boolean {
  return step !== "up" && step !== "removed" && !(step === "made" && failure === "expired");
}

/** `isHeard`: the page sees the Pi itself, which counts more than what the script says. */
export function progressOf({ step, failure }: JoinView, isHeard: boolean): JoinProgress {
  const reached = isHeard ? WAY.length - 1 : WAY.indexOf(step);
  const isFailing = failure !== null && !isHeard;
  const rows = WAY.map((one, index): JoinRow => {
    if (index <= reached) return { step: one, state: "done" };
    if (index > reached + 1) return { step: one, state: "later" };
    return { step: one, state: isFailing ? "failed" : "now" };
  });
  // After a failure before the credential was made the same line works again.
  const isAgain = isFailing && step === "made" && failure !== "expired";
  return { rows, failure: isFailing ? failure : null, isOver: isFailing && !isAgain };
}
