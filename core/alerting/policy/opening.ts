/** How an incident begins beside one of the same subject that is over. */

import type { Incident } from "./incident.ts";
import { carryOver, type NotificationChange } from "./notification_log.ts";
import type { Opened } from "./output.ts";
import type { PolicyState } from "./policy_state.ts";

/** Incidents that are over and whose message is deferred: more than a night can bring. */
const PAST_MAX = 5000;

/** History hears of an incident. */
export function opened(state: PolicyState, one: Incident): Opened {
  one.id = state.nextId++;
  const { id, subject, name, cause, startedAtMs, lastHeardMs, changes } = one;
  return { kind: "opened", id, subject, name, cause, startedAtMs, lastHeardMs, changes };
}

/** An incident begins, or goes on for those who were notified of the last one and not of its end. */
export function openIncident(
  state: PolicyState,
  fresh: Incident,
): (Opened | NotificationChange)[] {
  const known = state.incidents.get(fresh.key);
  if (known !== undefined && known.notified.size > 0) {
    // Those who were not notified of it yet hear of both.
    if (known.deferred.size > 0) {
      putAside(state, { ...known, notified: new Map(), deferred: new Set(known.deferred) });
    }
    reopen(known, fresh);
    return [opened(state, fresh), ...carryOver(known, fresh.id, fresh.startedAtMs)];
  }
  if (known !== undefined) putAside(state, known);
  state.incidents.set(fresh.key, fresh);
  return fresh.recorded ? [opened(state, fresh)] : [];
}

/** It is over, and somebody still has to be notified of it. */
export function putAside({ past }: PolicyState, one: Incident): void {
  if (past.size < PAST_MAX) past.add(one);
}

/** The person who acknowledged it the last time may not know that it happened again. */
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
