/** Opens an incident when an earlier one of the same subject is over. */

import type { Incident } from "../incident/incident.ts";
import { carryOver, type NotificationChange } from "../incident/notification_log.ts";
import type { Opened } from "./output.ts";
import type { PolicyState } from "./policy_state.ts";

/** The limit for ended incidents with a deferred message. One night causes fewer. */
const PAST_MAX = 5000;

/** Adds an incident to the history. */
export function opened(state: PolicyState, one: Incident): Opened {
  one.id = state.nextId++;
  const { id, subject, name, cause, startedAtMs, lastHeardMs, changes } = one;
  return { kind: "opened", id, subject, name, cause, startedAtMs, lastHeardMs, changes };
}

/** Begins an incident, or continues the last one for people who were not notified of its end. */
export function openIncident(
  state: PolicyState,
  fresh: Incident,
): (Opened | NotificationChange)[] {
  const known = state.incidents.get(fresh.key);
  if (known !== undefined && known.notified.size > 0) {
    // People who were not notified of the last one yet get messages about both.
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

/** Keeps an incident that is over because somebody must still be notified of it. */
export function putAside({ past }: PolicyState, one: Incident): void {
  if (past.size < PAST_MAX) past.add(one);
}

/** The person who acknowledged it last time may not know that it happened again. */
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
