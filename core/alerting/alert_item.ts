/** The subject of an alert item, and the fields of it that are instants. */

import { type Alert, type AlertItem, type Subject, subjectKey } from "./alert.ts";

type Kind = AlertItem["kind"];
type ItemOf<K extends Kind> = Extract<AlertItem, { readonly kind: K }>;
type InstantOf<K extends Kind> = Extract<keyof ItemOf<K>, `${string}Ms`>;

/** The type makes the compiler require every instant of every kind. */
const INSTANTS: { readonly [K in Kind]: Readonly<Record<InstantOf<K>, true>> } = {
  down: { diedAtMs: true, lastHeardMs: true },
  still_down: { diedAtMs: true, lastHeardMs: true },
  recovered: { diedAtMs: true, recoveredAtMs: true, lastHeardMs: true },
  rebooted: { backAtMs: true, lastHeardMs: true },
  flapping: { sinceMs: true },
  stable: { flappedSinceMs: true, sinceMs: true },
  blind: { sinceMs: true },
  sees: { sinceMs: true, endedAtMs: true },
  uplink_down: { sinceMs: true },
  uplink_back: { sinceMs: true, endedAtMs: true },
  fault: { sinceMs: true },
  fault_over: { sinceMs: true, endedAtMs: true },
};

export function itemSubject(item: AlertItem): Subject {
  switch (item.kind) {
    case "down":
    case "still_down":
    case "recovered":
      return { kind: "node", node: item.node };
    case "rebooted":
      return { kind: "reboot", node: item.node };
    case "flapping":
    case "stable":
      return { kind: "flapping", node: item.node };
    case "blind":
    case "sees":
      return { kind: "broker" };
    case "uplink_down":
    case "uplink_back":
      return { kind: "uplink", channel: item.channel };
    case "fault":
    case "fault_over":
      return item.subject;
  }
}

/** A key for the subject of an item's news. Flapping and death of a node have the same key. */
export function newsKey(item: AlertItem): string {
  const subject = itemSubject(item);
  return subjectKey(subject.kind === "flapping" ? { ...subject, kind: "node" } : subject);
}

/** Returns the alert with every instant converted by `move`, e.g. to another clock. */
export function movedAlert(alert: Alert, move: (atMs: number) => number): Alert {
  const items = alert.items.map((item) => movedItem(item, move));
  return { ...alert, items, atMs: move(alert.atMs) };
}

/** Does the same for one item. */
export function movedItem<Item extends AlertItem>(
  item: Item,
  move: (atMs: number) => number,
): Item {
  // An item from the database may be from another version, and have other fields.
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(item));
  const instants = Object.keys(INSTANTS[item.kind] ?? {}).flatMap((field) => {
    const atMs = values.get(field);
    return typeof atMs === "number" ? [[field, move(atMs)] as const] : [];
  });
  return { ...item, ...Object.fromEntries(instants) };
}
