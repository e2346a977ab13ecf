/** Reports nodes that the hub cannot judge, because only a broker that is away could have them. */

import type { FaultInput } from "../../core/alerting/policy/input.ts";
import {
  NONE_UNSEEN,
  unseenMachine,
  type UnseenOutput,
  type UnseenState,
} from "../../core/detection/broker/unseen_nodes.ts";
import { getLog } from "../../io/log/log.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";

const COUNT_EVERY_MS = 5000;

const log = getLog("hub");

export interface UnseenWatchOptions {
  readonly clock: Clock;
  /** A shorter absence of a broker is not reported. */
  readonly holdMs: number;
  /** The number of nodes that cannot be judged now. */
  readonly count: () => number;
  readonly onFault: (fault: FaultInput) => void;
}

/** Runs until `stop` aborts. */
export async function watchUnseen(
  { clock, holdMs, count, onFault }: UnseenWatchOptions,
  stop: AbortSignal,
): Promise<void> {
  const machine = unseenMachine(holdMs);
  let state: UnseenState = NONE_UNSEEN;
  while (!stop.aborted) {
    const nowMs = clock.nowMs();
    const unseen = count();
    const [next, outputs] = machine.step(state, { kind: "counted", unseen }, nowMs);
    state = next;
    for (const output of outputs) report(output, { unseen, onFault });
    await sleepUntil(clock, nowMs + COUNT_EVERY_MS, stop);
  }
}

function report(
  { isWrong, sinceMs }: UnseenOutput,
  { unseen, onFault }: { readonly unseen: number } & Pick<UnseenWatchOptions, "onFault">,
): void {
  if (isWrong) {
    log.warning(
      "nodes are only connected to a broker that is away: whether they live is not known",
      {
        nodes: unseen,
        advice: "name all brokers in [mqtt] url of each Pi",
      },
    );
  }
  const subject = { kind: "hub", fault: "nodes_unseen" } as const;
  const cause = isWrong ? "broker_away" : "";
  onFault({ kind: "fault", subject, name: "", isWrong, cause, sinceMs });
}
