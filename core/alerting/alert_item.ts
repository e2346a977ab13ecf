/** What an alert item is about, and its instants: which fields they are, and what each of them is. */

import type { Alert, AlertItem, Subject } from "./alert.ts";

type Kind = AlertItem["kind"];
type ItemOf<K extends Kind> = Extract<AlertItem, { readonly kind: K }>;
type InstantOf<K extends Kind> = Extract<keyof ItemOf<K>, `${string}Ms`>;

/** `from` and `to`: when what the item is about began and ended; `heard`: the last sign of life. */
type Role = "from" | "to" | "heard";

/** The compiler demands each instant of each kind. */
const ROLES: { readonly [K in Kind]: Readonly<Record<InstantOf<K>, Role>> } = {
  down: { diedAtMs: "from", lastHeardMs: "heard" },
  still_down: { diedAtMs: "from", lastHeardMs: "heard" },
  recovered: { diedAtMs: "from", recoveredAtMs: "to", lastHeardMs: "heard" },
  rebooted: { backAtMs: "from", lastHeardMs: "heard" },
  flapping: { sinceMs: "from" },
  stable: { flappedSinceMs: "from", sinceMs: "to" },
  blind: { sinceMs: "from" },
  sees: { sinceMs: "from", endedAtMs: "to" },
  uplink_down: { sinceMs: "from" },
  uplink_back: { sinceMs: "from", endedAtMs: "to" },
  fault: { sinceMs: "from" },
  fault_over: { sinceMs: "from", endedAtMs: "to" },
};

export function itemSubject(notice: AlertItem): Subject {
  switch (notice.kind) {
    case "down":
    case "still_down":
    case "recovered":
      return { kind: "node", node: notice.node };
    case "rebooted":
      return { kind: "reboot", node: notice.node };
    case "flapping":
    case "stable":
      return { kind: "flapping", node: notice.node };
    case "blind":
    case "sees":
      return { kind: "broker" };
    case "uplink_down":
    case "uplink_back":
      return { kind: "uplink", channel: notice.channel };
    case "fault":
    case "fault_over":
      return notice.subject;
  }
}

/** Whether it tells that something is over. */
export function isEnd({ kind }: AlertItem): boolean {
  return kind === "recovered" || kind === "stable" || kind === "sees" || kind === "uplink_back" ||
    kind === "fault_over";
}

/** From when to when, if it is over, it was so. */
export interface Span {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

export function spanOf(item: AlertItem): Span {
  const instants = new Map(instantsOf(item).map(([, role, atMs]) => [role, atMs]));
  return { fromMs: instants.get("from"), toMs: instants.get("to") };
}

/** Every instant of the alert translated by `move`, e.g. to another clock. */
export function movedAlert(alert: Alert, move: (atMs: number) => number): Alert {
  const notices = alert.notices.map((item) => movedItem(item, move));
  return { ...alert, notices, atMs: move(alert.atMs) };
}

function movedItem<Item extends AlertItem>(item: Item, move: (atMs: number) => number): Item {
  return {
    ...item,
    ...Object.fromEntries(instantsOf(item).map(([field, , ms]) => [field, move(ms)])),
  };
}

/** Those that are known; an alert of the database may be of another version, and have others. */
function instantsOf(item: AlertItem): readonly (readonly [field: string, Role, atMs: number])[] {
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(item));
  return Object.entries<Role>(ROLES[item.kind] ?? {}).flatMap(([field, role]) => {
    const atMs = values.get(field);
    return typeof atMs === "number" ? [[field, role, atMs] as const] : [];
  });
}
