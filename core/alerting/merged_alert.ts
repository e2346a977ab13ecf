/**
 * Merges alerts that wait for the same recipient. The reader of the merged alert believes exactly what the
 * single alerts, read one after the other, would have said. Repetitions go, and so do beginnings of what is over.
 */

import type { Alert, AlertItem, CommonCause } from "./alert.ts";
import { subjectOf } from "./notified_alert.ts";

type Kind = AlertItem["kind"];
type ItemOf<K extends Kind> = Extract<AlertItem, { readonly kind: K }>;

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

/**
 * What is left to say of two alerts to the same people, of which neither was sent yet. Its instant is
 * that of the `later` one.
 */
export function mergedAlert(first: Alert, later: Alert): Alert {
  // In one pass over each: thousands of Pis die at once when a building loses its power.
  const untold = new Map<string, readonly AlertItem[]>();
  for (const notice of first.notices) {
    const subject = subjectOf(notice);
    untold.set(subject, [...untold.get(subject) ?? [], notice]);
  }
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
  const last = new Map(alert.notices.map((notice) => [subjectOf(notice), notice]));
  return { ...alert, notices: [...last.values()] };
}

/** The pending items of one subject, `same`, after one more of them. */
function withNews(same: readonly AlertItem[], news: AlertItem): readonly AlertItem[] {
  // A message about a death needs no reminder of it.
  if (news.kind === "still_down" && same.some(isDeath)) return same;
  return [...same.filter((notice) => !isSuperseded(notice, news)), completed(news, same)];
}

function isDeath(notice: AlertItem): boolean {
  return notice.kind === "down" || (notice.kind === "stable" && notice.now === "dead");
}

function isSuperseded(notice: AlertItem, { kind }: AlertItem): boolean {
  // It says that the node is down, which is then no longer so, or is said by the news.
  if (notice.kind === "stable" && notice.now === "dead") return true;
  return SUPERSEDED[kind].includes(notice.kind);
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

function last<K extends Kind>(notices: readonly AlertItem[], kind: K): ItemOf<K> | undefined {
  return notices.findLast((notice): notice is ItemOf<K> => notice.kind === kind);
}

/** The cause that most of those who are still down have in common. */
function commonCause(
  causes: readonly (CommonCause | undefined)[],
  notices: readonly AlertItem[],
): CommonCause | undefined {
  const down = new Set(notices.flatMap((notice) => {
    return notice.kind === "down" || notice.kind === "still_down" ? notice.node : [];
  }));
  return causes.flatMap((cause) => cause ?? [])
    .map((cause) => ({ ...cause, nodes: cause.nodes.filter((node) => down.has(node)) }))
    .filter(({ nodes }) => nodes.length >= COMMON_NODES_MIN)
    .toSorted((one, other) => other.nodes.length - one.nodes.length)[0];
}
