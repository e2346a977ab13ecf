/** Writes the policy's decisions, within the caller's transaction. */

import { type CommonCause, type Subject, subjectKey } from "../../core/alerting/alert.ts";
import { movedAlert } from "../../core/alerting/alert_item.ts";
import type { CommonDeaths } from "../../core/alerting/cause.ts";
import type { NotificationChange } from "../../core/alerting/incident/notification_log.ts";
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

  /** Returns the incidents that it touched, and adds the messages that it touched to `messages`. */
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

  /** Removes a node that is no longer watched from pending messages. Returns the changed messages. */
  withdraw(node: string): readonly number[] {
    const { items, outbox } = this.#store;
    const changed = items.withdraw(node);
    for (const id of changed) {
      // The text of an earlier attempt may name the node, so it is rendered again.
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
    // The deaths of a flapping node are parts of its flapping incident.
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

  /** Puts one message for each recipient into the outbox. */
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

  /** Creates one incident above those with a common cause. */
  #group({ id, parts, common, route, atMs }: Grouped): readonly number[] {
    const { incidents } = this.#store;
    const deaths = incidents.some(parts);
    // If all are parts of another incident they stay there, and this incident would be empty.
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

/** The common cause of most deaths in an alert, in the form of the history. */
function commonDeaths({ group, nodes, of }: CommonCause): CommonDeaths {
  const counts = { kind: "common", count: nodes.length, of } as const;
  return group === undefined ? counts : { ...counts, group };
}
