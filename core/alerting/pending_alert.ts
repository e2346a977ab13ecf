/**
 * What a message that waits has to tell: what was decided for its recipient, with what came of it,
 * less what the recipient knows already. The reader of a merged alert believes exactly what the single
 * alerts, read one after the other, would have said. Repetitions go, and so do beginnings of what is
 * over.
 */

import { type Alert, type AlertItem, type CommonCause, subjectKey } from "./alert.ts";
import { isEnd, itemSubject, spanOf } from "./alert_item.ts";

type Kind = AlertItem["kind"];
type ItemOf<K extends Kind> = Extract<AlertItem, { readonly kind: K }>;

/** An alert with its place among those of its route, by which they were decided one after the other. */
export interface DecidedAlert {
  readonly alert: Alert;
  readonly position: number;
}

/** What came after an alert that waited. */
export interface LaterAlerts {
  /** They wait for the same recipient and join the message. */
  readonly joining: readonly DecidedAlert[];
  /** Everything else that was decided for its route: what it says of the same nodes is true now. */
  readonly decided: readonly DecidedAlert[];
}

/** One instant may be written twice, from a clock that is corrected all the time. */
const CLOCK_SLACK_MS = 1000;

/** Fewer deaths than this have no cause in common. */
const COMMON_NODES_MIN = 2;

/** All states of a node, in any of which it may be believed to be. */
const NODE_STATES: readonly Kind[] = ["down", "still_down", "recovered", "flapping", "stable"];

/**
 * What is not worth telling any more once there is news of the kind: of the same node, broker or
 * channel. A recovery stays when the node dies again, for its reader believes in the older death.
 */
const SUPERSEDED: Readonly<Record<Kind, readonly Kind[]>> = {
  down: ["down", "still_down", "flapping"],
  still_down: ["still_down", "flapping"],
  recovered: ["down", "still_down", "recovered", "flapping"],
  rebooted: ["rebooted"],
  flapping: NODE_STATES,
  stable: NODE_STATES,
  blind: ["blind"],
  sees: ["blind", "sees"],
  uplink_down: ["uplink_down"],
  uplink_back: ["uplink_down", "uplink_back"],
  fault: ["fault"],
  fault_over: ["fault", "fault_over"],
};

/** What `waiting` says, and those that join it, with what came of it by now. */
export function currentAlert(waiting: DecidedAlert, { joining, decided }: LaterAlerts): Alert {
  const { route, channel } = waiting.alert;
  const isJoining = new Set(joining);
  // Up to which position the alert says what became of a subject: older news would undo it.
  const knownTo = new Map(waiting.alert.notices.map((item) => [subjectOf(item), waiting.position]));
  let alert = waiting.alert;
  let newest = waiting;
  for (const one of [...joining, ...decided].toSorted((a, b) => a.position - b.position)) {
    const { notices } = isJoining.has(one) ? one.alert : withoutKnown(one.alert, [alert]);
    const news = notices.filter((item) => {
      const position = knownTo.get(subjectOf(item));
      return position === undefined ? isJoining.has(one) : position < one.position;
    });
    if (news.length === 0) continue;
    for (const item of news) knownTo.set(subjectOf(item), one.position);
    alert = merged(alert, withItems(one.alert, news));
    if (one.position > newest.position) newest = one;
  }
  return { ...alert, route, channel, atMs: newest.alert.atMs };
}

/**
 * What the alert says that neither `known` nor anything that came of it has told the recipient. What is
 * known of a subject makes everything before it old news, which would undo it.
 */
export function withoutKnown(alert: Alert, known: readonly Alert[]): Alert {
  const told = Map.groupBy(
    known.flatMap(({ notices, atMs }) => notices.map((item) => ({ item, atMs }))),
    ({ item }) => subjectOf(item),
  );
  const isKnown = (item: AlertItem) =>
    told.get(subjectOf(item))?.some((one) => tells(one, { item, atMs: alert.atMs })) ?? false;
  const knownTo = new Map(
    alert.notices.flatMap((item, index) => isKnown(item) ? [[subjectOf(item), index]] : []),
  );
  return withItems(
    alert,
    alert.notices.filter((item, index) => index > (knownTo.get(subjectOf(item)) ?? -1)),
  );
}

/** The alert with some of its items only. */
export function withItems(alert: Alert, notices: readonly AlertItem[]): Alert {
  if (notices.length === alert.notices.length) return alert;
  return { ...alert, notices, common: commonCause([alert.common], notices) };
}

/**
 * What is so now: of each node, broker and channel only the last word. Beside "is down again" it would
 * confuse that it was up in between.
 */
export function lastWord(alert: Alert): Alert {
  const last = new Map(alert.notices.map((item) => [subjectOf(item), item]));
  return { ...alert, notices: [...last.values()] };
}

/** What is left to say of two alerts to the same people. Its instant is that of the `later` one. */
function merged(first: Alert, later: Alert): Alert {
  // In one pass over each: thousands of Pis die at once when a building loses its power.
  const untold = new Map<string, readonly AlertItem[]>(Map.groupBy(first.notices, subjectOf));
  for (const news of later.notices) {
    const subject = subjectOf(news);
    const same = untold.get(subject) ?? [];
    // The latest news stands last.
    untold.delete(subject);
    untold.set(subject, withNews(same, news));
  }
  const notices = [...untold.values()].flat();
  return { ...later, notices, common: commonCause([later.common, first.common], notices) };
}

/** The pending items of one subject, `same`, after one more of them. */
function withNews(same: readonly AlertItem[], news: AlertItem): readonly AlertItem[] {
  // A message about a death needs no reminder of it.
  if (news.kind === "still_down" && same.some(isDeath)) return same;
  return [...same.filter((item) => !isSuperseded(item, news)), completed(news, same)];
}

function isDeath(item: AlertItem): boolean {
  return item.kind === "down" || (item.kind === "stable" && item.now === "dead");
}

function isSuperseded(item: AlertItem, { kind }: AlertItem): boolean {
  // It says that the node is down, which is then no longer so, or is said by the news.
  if (item.kind === "stable" && item.now === "dead") return true;
  return SUPERSEDED[kind].includes(item.kind);
}

/** The news, with what the superseded items of the same subject would have said beside it. */
function completed(news: AlertItem, same: readonly AlertItem[]): AlertItem {
  switch (news.kind) {
    case "recovered": {
      const stable = last(same, "stable");
      if (stable?.now === "dead") return { ...stable, now: news.now, sinceMs: news.recoveredAtMs };
      const { untold, wasTold } = endOf(last(same, "down"), last(same, "recovered"), news);
      if (untold === undefined) return { ...news, wasTold };
      const { diedAtMs, lastHeardMs } = untold;
      return { ...news, wasTold, diedAtMs, lastHeardMs };
    }
    case "sees": {
      const { untold, wasTold } = endOf(last(same, "blind"), last(same, "sees"), news);
      return { ...news, wasTold, sinceMs: untold?.sinceMs ?? news.sinceMs };
    }
    case "uplink_back":
      return { ...news, sinceMs: last(same, "uplink_down")?.sinceMs ?? news.sinceMs };
    case "fault_over": {
      const { untold, wasTold } = endOf(last(same, "fault"), last(same, "fault_over"), news);
      return { ...news, wasTold, sinceMs: untold?.sinceMs ?? news.sinceMs };
    }
    case "down":
    case "still_down":
    case "rebooted":
    case "flapping":
    case "stable":
    case "blind":
    case "uplink_down":
    case "fault":
      return news;
  }
}

/** An end of something whose beginning, or earlier end, may be pending. */
function endOf<Beginning>(
  untold: Beginning | undefined,
  earlier: { readonly wasTold: boolean } | undefined,
  { wasTold }: { readonly wasTold: boolean },
): { readonly untold: Beginning | undefined; readonly wasTold: boolean } {
  const isToldBeginning = untold === undefined && wasTold;
  return { untold, wasTold: isToldBeginning || (earlier?.wasTold ?? false) };
}

function last<K extends Kind>(items: readonly AlertItem[], kind: K): ItemOf<K> | undefined {
  return items.findLast((item): item is ItemOf<K> => item.kind === kind);
}

/** The cause that most of those who are still down have in common. */
function commonCause(
  causes: readonly (CommonCause | undefined)[],
  items: readonly AlertItem[],
): CommonCause | undefined {
  const down = new Set(items.flatMap((item) => {
    return item.kind === "down" || item.kind === "still_down" ? item.node : [];
  }));
  return causes.flatMap((cause) => cause ?? [])
    .map((cause) => ({ ...cause, nodes: cause.nodes.filter((node) => down.has(node)) }))
    .filter(({ nodes }) => nodes.length >= COMMON_NODES_MIN)
    .toSorted((one, other) => other.nodes.length - one.nodes.length)[0];
}

/** An item, and when it was decided. */
interface Told {
  readonly item: AlertItem;
  readonly atMs: number;
}

/** Both are of the same subject. */
function tells(told: Told, { item, atMs }: Told): boolean {
  const [known, asked] = [spanOf(told.item), spanOf(item)];
  if (!isSame(known.fromMs, asked.fromMs)) return false;
  // A reminder is news each time.
  const isNew = item.kind === "still_down" && !isSame(told.atMs, atMs);
  if (isNew && !isEnd(told.item)) return false;
  return asked.toMs === undefined || isSame(known.toMs, asked.toMs);
}

function isSame(oneMs: number | undefined, otherMs: number | undefined): boolean {
  return oneMs !== undefined && otherMs !== undefined &&
    Math.abs(oneMs - otherMs) <= CLOCK_SLACK_MS;
}

/** A key for what an item is about: that a node flaps and that it is down have the same key. */
function subjectOf(item: AlertItem): string {
  const subject = itemSubject(item);
  return subjectKey(subject.kind === "flapping" ? { ...subject, kind: "node" } : subject);
}
