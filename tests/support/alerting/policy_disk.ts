/** What a hub's database keeps of its policy, in memory: enough to start another policy from. */

import { type Alert, type Subject, subjectKey } from "../../../core/alerting/alert.ts";
import { isEnd, itemSubject } from "../../../core/alerting/item_subject.ts";
import type { Ending } from "../../../core/alerting/policy/incident.ts";
import type {
  Closed,
  Opened,
  PolicyOutput,
  Resolved,
} from "../../../core/alerting/policy/output.ts";
import type {
  Inheritance,
  OpenIncident,
  Rules,
} from "../../../core/alerting/policy/policy_state.ts";

import type { Disk } from "./disk.ts";

const HOUR_MS = 3_600_000;

/** What the people of a route know of an incident; no instant while the message is held. */
interface Told {
  atMs: number | undefined;
  isSettled: boolean;
}

interface Incident extends Omit<Opened, "kind"> {
  readonly key: string;
  ended: Omit<Ending, "now"> & { readonly now: Ending["now"] | undefined } | undefined;
  changes: number;
  rebooted: boolean;
  acknowledged: boolean;
  common: string | undefined;
  readonly told: Map<string, Told>;
}

/** Knows no node that was removed, for that is an output, too. */
export class PolicyDisk implements Disk {
  /** Oldest first. */
  readonly #incidents: Incident[] = [];
  readonly #maintenance = new Map<string, number>();
  readonly #spentMs = new Map<string, number[]>();
  readonly #rules: Rules;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** As in one transaction. */
  record(outputs: readonly PolicyOutput[], nowMs: number): void {
    for (const output of outputs) this.#write(output, nowMs);
  }

  /** What a hub that starts now finds. */
  inheritance(nowMs: number): Inheritance {
    const open = this.#incidents.filter(({ ended, told }) =>
      ended === undefined || [...told.values()].some(({ isSettled }) => !isSettled)
    ).map(openCase);
    const spentMs = new Map(
      [...this.#spentMs].map(([channel, instants]) =>
        [channel, instants.filter((ms) => ms > nowMs - HOUR_MS)] as const
      ),
    );
    return { open, spentMs, maintenance: new Map(this.#maintenance) };
  }

  #write(output: PolicyOutput, nowMs: number): void {
    switch (output.kind) {
      case "opened":
        return this.#open(output);
      case "closed":
        return this.#close(output);
      case "still_told":
        return this.#carry(subjectKey(output.subject));
      case "held": {
        const told = this.#newest(subjectKey(output.subject))?.told;
        if (told?.has(output.route) === false) {
          told.set(output.route, { atMs: undefined, isSettled: false });
        }
        return;
      }
      case "settled":
        return this.#settle(output);
      case "acknowledged": {
        const open = this.#openOf(subjectKey(output.subject));
        if (open !== undefined) open.acknowledged = true;
        return;
      }
      case "maintained":
        this.#maintenance.set(output.node ?? "", output.untilMs);
        return;
      case "alert":
        return this.#tell(output, nowMs);
    }
  }

  #open({ kind: _, ...opened }: Opened): void {
    const key = subjectKey(opened.subject);
    if (this.#openOf(key) !== undefined) return;
    this.#incidents.push({
      ...opened,
      key,
      ended: undefined,
      rebooted: false,
      acknowledged: false,
      common: undefined,
      told: new Map(),
    });
  }

  #close({ subject, atMs, now, changes, rebooted }: Closed): void {
    const key = subjectKey(subject);
    const open = this.#openOf(key);
    if (open !== undefined) Object.assign(open, { ended: { atMs, now }, changes, rebooted });
    if (now === undefined) { for (const one of this.#all(key)) settleAll(one); }
  }

  /** What people know of former incidents they now know of the newest; what is held stays so. */
  #carry(key: string): void {
    const newest = this.#newest(key);
    for (const older of this.#all(key)) {
      if (older === newest || newest === undefined) continue;
      for (const [route, known] of older.told) {
        if (known.isSettled || known.atMs === undefined) continue;
        newest.told.set(route, { ...known });
        known.isSettled = true;
      }
    }
  }

  #settle({ subject, routes, told }: Resolved): void {
    const key = subjectKey(subject);
    for (const route of routes) {
      for (const one of this.#all(key)) {
        const known = one.told.get(route);
        if (known !== undefined) known.isSettled = true;
      }
    }
    const open = this.#openOf(key);
    for (const [route, atMs] of told) open?.told.set(route, { atMs, isSettled: false });
  }

  #tell({ route, channel, notices, common, atMs }: Alert, nowMs: number): void {
    for (const notice of notices) {
      const key = subjectKey(itemSubject(notice));
      const told = isEnd(notice) ? undefined : this.#openOf(key) ?? this.#newest(key);
      told?.told.set(route, { atMs, isSettled: false });
      this.#settleEnded(key, route);
    }
    for (const node of common?.nodes ?? []) {
      const part = this.#openOf(subjectKey({ kind: "node", node }));
      if (part !== undefined) part.common ??= `incident ${nowMs}`;
    }
    const { recipients = 1 } = this.#rules.routes.find(({ name }) => name === route)?.channels
      .find(({ name }) => name === channel) ?? {};
    const instants = this.#spentMs.get(channel) ?? [];
    this.#spentMs.set(channel, [...instants, ...Array.from({ length: recipients }, () => atMs)]);
  }

  #settleEnded(key: string, route: string): void {
    for (const { ended, told } of this.#all(key)) {
      const known = told.get(route);
      if (ended !== undefined && known !== undefined) known.isSettled = true;
    }
  }

  #all(key: string): readonly Incident[] {
    return this.#incidents.filter((one) => one.key === key);
  }

  #newest(key: string): Incident | undefined {
    return this.#all(key).at(-1);
  }

  #openOf(key: string): Incident | undefined {
    return this.#all(key).find(({ ended }) => ended === undefined);
  }
}

function settleAll({ told }: Incident): void {
  for (const known of told.values()) known.isSettled = true;
}

function openCase({ key: _, told, ended, ...incident }: Incident): OpenIncident {
  const owed = [...told].filter(([, { isSettled }]) => !isSettled);
  return {
    ...incident,
    subject: incident.subject satisfies Subject,
    ended: ended && { atMs: ended.atMs, now: ended.now ?? "alive" },
    notified: new Map(
      owed.flatMap(([route, { atMs }]) => atMs === undefined ? [] : [[route, atMs]]),
    ),
    deferred: new Set(owed.flatMap(([route, { atMs }]) => atMs === undefined ? [route] : [])),
  };
}
