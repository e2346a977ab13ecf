/** How a case begins beside one of the same subject that is over. */

import type { Incident } from "./incident.ts";
import { type Opened, opened, type Reopened } from "./output.ts";
import type { PolicyState } from "./policy_state.ts";

/** Incidents that are over and whose message is held: more than a night can bring. */
const PAST_MAX = 5000;

/** A case begins, or goes on where people believe so. None of its subject is open. */
export function openIncident(state: PolicyState, fresh: Incident): (Opened | Reopened)[] {
  const { subject, startedAtMs: atMs } = fresh;
  const known = state.incidents.get(fresh.key);
  if (known !== undefined && known.notified.size > 0) {
    // Those who were not told of it yet hear of both.
    if (known.deferred.size > 0) {
      putAside(state, { ...known, notified: new Map(), deferred: new Set(known.deferred) });
    }
    reopen(known, fresh);
    return [opened(fresh), { kind: "still_told", subject, atMs }];
  }
  if (known !== undefined) putAside(state, known);
  state.incidents.set(fresh.key, fresh);
  return fresh.recorded ? [opened(fresh)] : [];
}

/** It is over, and somebody has still to hear of it. */
export function putAside({ past }: PolicyState, one: Incident): void {
  if (past.size < PAST_MAX) past.add(one);
}

/** Who cared for it the last time need not know that it happened again. */
function reopen(known: Incident, fresh: Incident): void {
  known.ended = undefined;
  known.deferred.clear();
  known.acknowledged = false;
  known.confirmed = true;
  known.recorded = true;
  known.counted = false;
  known.lastsFromMs = fresh.startedAtMs;
  known.changes += fresh.changes;
}
