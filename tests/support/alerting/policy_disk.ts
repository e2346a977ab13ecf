/** The part of a hub's database that belongs to the policy, in memory: another policy can start from it. */

import { subjectKey } from "../../../core/alerting/alert.ts";
import type { NotificationChange } from "../../../core/alerting/incident/notification_log.ts";
import type {
  Closed,
  DecidedAlert,
  Opened,
  PolicyOutput,
} from "../../../core/alerting/policy/output.ts";
import type {
  Inheritance,
  OpenIncident,
  Rules,
} from "../../../core/alerting/policy/policy_state.ts";
import type { Disk } from "./disk.ts";

const HOUR_MS = 3_600_000;

/** An incident as the database has it. */
interface Row extends Omit<OpenIncident, "notified" | "deferred"> {
  readonly key: string;
  readonly notified: Map<string, number>;
  readonly deferred: Set<string>;
}

/** Removed nodes are unknown, because a removal is an output too. */
export class PolicyDisk implements Disk {
  /** Incidents by id. */
  readonly #rows = new Map<number, Row>();
  readonly #maintenance = new Map<string, number>();
  readonly #spentMs = new Map<string, number[]>();
  readonly #rules: Rules;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** Like one transaction. */
  record(outputs: readonly PolicyOutput[]): void {
    for (const output of outputs) this.#write(output);
  }

  /** The state that a hub finds when it starts now. */
  inheritance(nowMs: number): Inheritance {
    const open = [...this.#rows.values()].filter(({ ended, notified, deferred }) =>
      ended === undefined || notified.size + deferred.size > 0
    ).map(({ key: _, notified, deferred, ...row }) => ({
      ...row,
      notified: new Map(notified),
      deferred: new Set(deferred),
    }));
    const spentMs = new Map(
      [...this.#spentMs].map(([channel, instants]) =>
        [channel, instants.filter((ms) => ms > nowMs - HOUR_MS)] as const
      ),
    );
    const nextId = Math.max(0, ...this.#rows.keys()) + 1;
    return { open, nextId, spentMs, maintenance: new Map(this.#maintenance) };
  }

  #write(output: PolicyOutput): void {
    switch (output.kind) {
      case "opened":
        return this.#open(output);
      case "closed":
        return this.#close(output);
      case "grouped":
        for (const part of output.parts) this.#change(part, { common: output.id });
        return;
      case "notification":
        return this.#note(output);
      case "acknowledged": {
        const open = this.#openOf(subjectKey(output.subject));
        if (open !== undefined) this.#change(open.id, { acknowledged: true });
        return;
      }
      case "maintained":
        this.#maintenance.set(output.node ?? "", output.untilMs);
        return;
      case "alert":
        return this.#spend(output);
    }
  }

  #open({ kind: _, ...opened }: Opened): void {
    const key = subjectKey(opened.subject);
    if (this.#openOf(key) !== undefined) throw new Error(`two open incidents of ${key}`);
    if (this.#rows.has(opened.id)) throw new Error(`two incidents ${opened.id}`);
    this.#rows.set(opened.id, {
      ...opened,
      key,
      ended: undefined,
      rebooted: false,
      acknowledged: false,
      common: undefined,
      notified: new Map(),
      deferred: new Set(),
    });
  }

  #close({ subject, atMs, now = "alive", changes, rebooted }: Closed): void {
    const open = this.#openOf(subjectKey(subject));
    if (open !== undefined) this.#change(open.id, { ended: { atMs, now }, changes, rebooted });
  }

  #note({ incident, route, state, atMs }: NotificationChange): void {
    const row = this.#rows.get(incident);
    if (row === undefined) throw new Error(`no incident ${incident} on disk`);
    row.notified.delete(route);
    row.deferred.delete(route);
    if (state === "notified") row.notified.set(route, atMs);
    if (state === "deferred") row.deferred.add(route);
  }

  #spend({ route, channel, atMs, incidents }: DecidedAlert): void {
    if (incidents.length === 0) throw new Error("an alert about no incident");
    const { recipients = 1 } = this.#rules.routes.find(({ name }) => name === route)?.channels
      .find(({ name }) => name === channel) ?? {};
    const instants = this.#spentMs.get(channel) ?? [];
    this.#spentMs.set(channel, [...instants, ...Array.from({ length: recipients }, () => atMs)]);
  }

  #change(id: number, change: Partial<Row>): void {
    const row = this.#rows.get(id);
    if (row !== undefined) this.#rows.set(id, { ...row, ...change });
  }

  #openOf(key: string): Row | undefined {
    return [...this.#rows.values()].find((one) => one.key === key && one.ended === undefined);
  }
}
