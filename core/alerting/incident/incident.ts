/** One incident in the policy: the facts, and the routes that were notified. */

import { type AlertItem, type Subject, subjectKey } from "../alert.ts";
import type { Cause } from "../cause.ts";

/** How an incident ended. */
export interface Ending {
  readonly atMs: number;
  readonly now: "alive" | "left" | "dead";
}

export interface Incident {
  /** 0 until it is in the history. */
  id: number;
  readonly subject: Subject;
  readonly key: string;
  name: string;
  startedAtMs: number;
  /** Its start, or a later restart if it began again before people were notified of its end. */
  lastsFromMs: number;
  lastHeardMs: number | undefined;
  cause: Cause;
  /** The node is in another network than the hub. */
  isElsewhere: boolean;
  /** False for an incident of an earlier run that this run has not observed yet. */
  confirmed: boolean;
  /** Nobody is notified before this instant, even if it has lasted long. */
  earliestMs: number;
  ended: Ending | undefined;
  acknowledged: boolean;
  /** The node came back with another boot id and had not announced its stop. */
  rebooted: boolean;
  /** The number of changes of a flapping node. */
  changes: number;
  /** It is counted as one of the deaths that make a node flap. */
  counted: boolean;
  /** It is in the history. A moment of blindness does not get a row. */
  recorded: boolean;
  /** The id of the incident that it belongs to. */
  common: number | undefined;
  /** By route: when its people were last notified. Only `notification_log.ts` writes it. */
  readonly notified: Map<string, number>;
  /** Routes whose message is due and waits. It is sent even if the incident ends meanwhile. */
  readonly deferred: Set<string>;
}

/** The initial values of an incident. */
export type CaseOrigin =
  & Pick<Incident, "subject" | "name" | "startedAtMs" | "lastHeardMs" | "cause">
  & Partial<
    Pick<
      Incident,
      | "id"
      | "confirmed"
      | "ended"
      | "acknowledged"
      | "rebooted"
      | "changes"
      | "common"
      | "recorded"
      | "isElsewhere"
    >
  >;

export function newIncident(origin: CaseOrigin): Incident {
  return {
    id: 0,
    confirmed: true,
    ended: undefined,
    acknowledged: false,
    rebooted: false,
    changes: 0,
    common: undefined,
    recorded: true,
    isElsewhere: false,
    ...origin,
    key: subjectKey(origin.subject),
    lastsFromMs: origin.startedAtMs,
    earliestMs: -Infinity,
    counted: false,
    notified: new Map(),
    deferred: new Set(),
  };
}

/** Nobody was notified of it, and no message about it is deferred. */
export function isUnheardOf({ notified, deferred }: Incident): boolean {
  return notified.size === 0 && deferred.size === 0;
}

/** The item for an incident that has begun. */
export function startItem(one: Incident): AlertItem {
  const { subject, name, startedAtMs, lastHeardMs, cause, changes } = one;
  switch (subject.kind) {
    case "node":
      return {
        kind: "down",
        node: subject.node,
        name,
        diedAtMs: startedAtMs,
        lastHeardMs,
        cause,
        ...(one.isElsewhere ? { isElsewhere: true } : {}),
      };
    case "flapping":
      return { kind: "flapping", node: subject.node, name, sinceMs: startedAtMs, changes };
    case "reboot":
      return {
        kind: "rebooted",
        node: subject.node,
        name,
        lastHeardMs,
        backAtMs: one.ended?.atMs ?? startedAtMs,
      };
    case "broker":
      return { kind: "blind", sinceMs: startedAtMs, cause };
    case "uplink":
      return { kind: "uplink_down", channel: subject.channel, sinceMs: startedAtMs, cause };
    case "network":
    case "vital":
    case "hub":
      return { kind: "fault", subject, name, sinceMs: startedAtMs, cause };
  }
}

/** The items for an incident that continues. Only deaths have reminders. */
export function reminderItem({ subject, name, startedAtMs, lastHeardMs }: Incident): AlertItem[] {
  if (subject.kind !== "node") return [];
  const { node } = subject;
  return [{ kind: "still_down", node, name, diedAtMs: startedAtMs, lastHeardMs }];
}

/**
 * The items for an incident that is over. `wasTold`: these people were notified of its beginning.
 */
export function endItem(one: Incident, wasTold: boolean): AlertItem[] {
  const { subject, name, startedAtMs, lastHeardMs, ended, rebooted, changes } = one;
  if (ended === undefined) return [];
  const { atMs: endedAtMs, now } = ended;
  switch (subject.kind) {
    case "node": {
      const { node } = subject;
      const death = { node, name, diedAtMs: startedAtMs, lastHeardMs };
      // A death does not end another death.
      if (now === "dead") return [];
      return [{ kind: "recovered", ...death, recoveredAtMs: endedAtMs, now, rebooted, wasTold }];
    }
    case "flapping": {
      const { node } = subject;
      const flapped = { node, name, flappedSinceMs: startedAtMs, changes };
      return [{ kind: "stable", ...flapped, now, sinceMs: endedAtMs }];
    }
    case "broker":
      return [{ kind: "sees", sinceMs: startedAtMs, endedAtMs, wasTold }];
    case "uplink": {
      const { channel } = subject;
      return [{ kind: "uplink_back", channel, sinceMs: startedAtMs, endedAtMs }];
    }
    case "network":
    case "vital":
    case "hub": {
      const { cause } = one;
      const span = { sinceMs: startedAtMs, endedAtMs };
      return [{ kind: "fault_over", subject, name, cause, ...span, wasTold }];
    }
    case "reboot":
      return [];
  }
}
