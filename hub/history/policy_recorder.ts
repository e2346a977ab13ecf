/** Writes what the policy decided, within the caller's transaction. */

import { type CommonCause, type Subject, subjectKey } from "../../core/alerting/alert.ts";
import { movedAlert } from "../../core/alerting/alert_item.ts";
import type { CommonDeaths } from "../../core/alerting/cause.ts";
import type { NotificationChange } from "../../core/alerting/policy/notification_log.ts";
import type {
  Closed,
  DecidedAlert,
  Grouped,
  Maintained,
  Opened,
  PolicyOutput,
} from "../../core/alerting/policy/output.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Recipients } from "../delivery/recipients.ts";
import type { Store } from "../store/store.ts";
import type { NotificationBatch } from "./notification_batches.ts";

export class PolicyRecorder {
  readonly #store: Store;
  readonly #recipients: Recipients;
  readonly #clock: Clock;

  constructor(store: Store, recipients: Recipients, clock: Clock) {
    this.#store = store;
    this.#recipients = recipients;
    this.#clock = clock;
  }

  /** Answers the incidents that it touched; adds the messages that it touched to `messages`. */
  write(
    output: Exclude<PolicyOutput, NotificationChange> | NotificationBatch,
    messages: Set<number>,
  ): readonly number[] {
    switch (output.kind) {
      case "opened":
        return this.#open(output);
      case "closed":
        return this.#close(output);
      case "grouped":
        return this.#group(output);
      case "notifications":
        return this.#notify(output);
      case "acknowledged":
        return this.#store.incidents.acknowledge(
          subjectKey(output.subject),
          this.#wall(output.atMs),
        );
      case "maintained":
        this.#maintain(output);
        return [];
      case "alert":
        return this.#enqueue(output, messages);
    }
  }

  /** Messages that wait tell nothing of a node that is no longer watched; answers those that changed. */
  withdraw(node: string): readonly number[] {
    const { items, outbox } = this.#store;
    const changed = items.withdraw(node);
    for (const id of changed) {
      // An earlier attempt may have told of the node: that is not what the message says now.
      outbox.freeze(id, "");
      if (outbox.get(id)?.alert === undefined) outbox.drop(id, "no longer watched");
    }
    return changed;
  }

  #open(
    { id: newId, subject, name, cause, startedAtMs, lastHeardMs, changes }: Opened,
  ): readonly number[] {
    const { incidents } = this.#store;
    const id = incidents.open({
      id: newId,
      kind: subject.kind,
      subject: subjectKey(subject),
      node: nodeOf(subject),
      name: name === "" ? nameOf(subject) : name,
      cause,
      diedAtMs: this.#wall(startedAtMs),
      ...(lastHeardMs === undefined ? {} : { lastHeardMs: this.#wall(lastHeardMs) }),
      changes,
    });
    // The deaths of a node that flaps are parts of that.
    const node = nodeOf(subject);
    const flapping = incidents.openOf(subjectKey({ kind: "flapping", node }));
    if (flapping === undefined) return [id];
    const death = incidents.openOf(subjectKey({ kind: "node", node }));
    if (death === undefined) return [id];
    incidents.adopt(flapping, [death]);
    return [death, flapping];
  }

  #close({ subject, atMs, now, changes, rebooted }: Closed): readonly number[] {
    const ending = { atMs: this.#wall(atMs), now, changes, rebooted };
    return this.#store.incidents.close(subjectKey(subject), ending);
  }

  #notify({ incidents: ids, route, state, atMs }: NotificationBatch): readonly number[] {
    const { incidents, notifications } = this.#store;
    if (state === "resolved") notifications.resolveAll(ids, route);
    else if (state === "deferred") notifications.deferAll(ids, route);
    else {
      notifications.notifyAll(ids, route, this.#wall(atMs));
      incidents.enqueueAll(ids, this.#wall(atMs));
    }
    return ids;
  }

  /** One message for each recipient. */
  #enqueue(
    { incidents: incidentIds, ...decided }: DecidedAlert,
    messages: Set<number>,
  ): readonly number[] {
    const { incidents, items, outbox } = this.#store;
    const alert = movedAlert(decided, (atMs) => this.#wall(atMs));
    const { route, channel, atMs } = alert;
    incidents.enqueueAll(incidentIds, atMs);
    const told = items.add(alert);
    for (const recipient of this.#recipients.recipients(route, channel)) {
      messages.add(outbox.add({ route, channel, recipient, items: told, incidentIds, atMs }));
    }
    return incidentIds;
  }

  /** One incident above those that have a cause in common. */
  #group({ id, parts, common, route, atMs }: Grouped): readonly number[] {
    const { incidents } = this.#store;
    const deaths = incidents.some(parts);
    // Parts of another incident stay so, and this one would have none.
    if (deaths.every(({ parent }) => parent !== undefined && parent !== id)) return [];
    const heard = deaths.flatMap(({ lastHeardMs }) => lastHeardMs ?? []);
    const cause = commonDeaths(common);
    if (incidents.get(id) === undefined) {
      incidents.open({
        id,
        kind: "common",
        subject: `common ${route} ${Math.round(this.#wall(atMs))}`,
        node: "",
        name: common.group ?? "",
        cause,
        diedAtMs: Math.min(...deaths.map(({ diedAtMs }) => diedAtMs)),
        ...(heard.length > 0 ? { lastHeardMs: Math.min(...heard) } : {}),
      });
    }
    incidents.adopt(id, parts);
    return [id];
  }

  #maintain({ node = "", untilMs }: Maintained): void {
    const { maintenance } = this.#store;
    const nowMs = this.#clock.nowMs();
    if (untilMs <= nowMs) maintenance.remove(node);
    else maintenance.set(node, { sinceMs: this.#wall(nowMs), untilMs: this.#wall(untilMs) });
  }

  #wall(atMs: number): number {
    return this.#clock.wallMs(atMs);
  }
}

function nodeOf(subject: Subject): string {
  return "node" in subject ? subject.node : "";
}

function nameOf(subject: Subject): string {
  if (subject.kind === "uplink") return subject.channel;
  return subject.kind === "hub" ? subject.fault : subject.kind;
}

/** What most of the deaths of an alert have in common, for the history. */
function commonDeaths({ group, nodes, of }: CommonCause): CommonDeaths {
  const counts = { kind: "common", count: nodes.length, of } as const;
  return group === undefined ? counts : { ...counts, group };
}
