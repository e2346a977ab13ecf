/**
 * Chooses the content of a message. Each item that is decided for a route gets a place in the order
 * of decisions. A message reports the latest pending item of each subject. After it the reader
 * knows the same as after one message for each item.
 */

import type { Alert, AlertItem, CommonCause } from "./alert.ts";

/** An item with its place in the order of decisions for its route. */
export interface DecidedItem {
  /** A later decision has a greater number. */
  readonly id: number;
  /** `newsKey` of the item. A recipient of a later item with this key needs no earlier one. */
  readonly subject: string;
  readonly item: AlertItem;
  /** The cause that the death shares with others of the same instant. */
  readonly common: SharedCause | undefined;
  /** The instant of the decision. */
  readonly atMs: number;
}

/** A common cause without its nodes, because these are known from the deaths that have it. */
export type SharedCause = Omit<CommonCause, "nodes">;

/** Fewer deaths than this have no common cause. */
const COMMON_NODES_MIN = 2;

/**
 * Returns the alert of a message. `decided` is, in order, all that its recipient does not know yet.
 */
export function pendingAlert(
  { route, channel }: Pick<Alert, "route" | "channel">,
  decided: readonly DecidedItem[],
): Alert | undefined {
  const newest = decided.at(-1);
  if (newest === undefined) return undefined;
  const subjects = Map.groupBy(decided, ({ subject }) => subject);
  // In the order of the latest news. This takes one pass, because thousands of Pis die at once when
  // a building loses its power.
  const last = decided.filter((one) => subjects.get(one.subject)?.at(-1) === one);
  const told = last.flatMap(({ subject }) => lastWord(subjects.get(subject) ?? []));
  return {
    kind: "alert",
    route,
    channel,
    items: told.map(({ item }) => item),
    common: commonCause(told),
    atMs: newest.atMs,
  };
}

/** Returns what remains to report of one subject, including what earlier items would have added. */
function lastWord(decided: readonly DecidedItem[]): DecidedItem[] {
  const changes = decided.filter(({ item }) => item.kind !== "still_down");
  const [first] = changes;
  const [before, news] = [changes.at(-2)?.item, changes.at(-1)];
  const newest = decided.at(-1);
  // A message about a death needs no reminder.
  if (news === undefined || newest !== news && !isDeath(news.item)) return newest ? [newest] : [];
  const { item } = news;
  if (item.kind === "recovered" && before?.kind === "stable" && before.now === "dead") {
    return [{ ...news, item: { ...before, now: item.now, sinceMs: item.recoveredAtMs } }];
  }
  if (!("wasTold" in item) || first === undefined || first === news) return [news];
  // The first item knows whether its recipient was notified of the beginning.
  const wasTold = "wasTold" in first.item && first.item.wasTold;
  return [{ ...news, item: { ...item, wasTold } }];
}

function isDeath(item: AlertItem): boolean {
  return item.kind === "down" || (item.kind === "stable" && item.now === "dead");
}

/** The common cause of most of the deaths in the message. */
function commonCause(told: readonly DecidedItem[]): CommonCause | undefined {
  const deaths = told.filter(({ item, common }) => item.kind === "down" && common !== undefined);
  const together = Map.groupBy(deaths, ({ common, atMs }) => JSON.stringify([atMs, common]));
  const [most] = [...together.values()].toSorted((one, other) => other.length - one.length);
  const common = most?.[0]?.common;
  if (most === undefined || common === undefined || most.length < COMMON_NODES_MIN) {
    return undefined;
  }
  return { ...common, nodes: most.flatMap(({ item }) => "node" in item ? item.node : []) };
}
