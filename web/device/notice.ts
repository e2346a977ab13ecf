/**
 * Decides when to call a person who is not looking. Pure: previous state, present state,
 * notification.
 */

import type { NodeView } from "../../core/api/node_view.ts";
import { isInMaintenance } from "../status/trouble.ts";
import type { Verdict } from "../status/verdict.ts";
import { text } from "../texts/texts.ts";

/** The page's state at one moment. */
export interface Moment {
  readonly verdict: Pick<Verdict, "spoken" | "stale">;
  readonly nodes: readonly NodeView[];
  /** The hub's time. */
  readonly now: string;
}

/** The last state for which the person was called. */
export interface Called {
  /** Ids of the dead nodes for which they were called. */
  readonly dead: ReadonlySet<string>;
  /** They know that the state is unknown. */
  readonly unsure: boolean;
}

/** The state at the opening of the page needs no call, because the person sees it. */
export function calledAtFirst(moment: Moment): Called {
  return { dead: new Set(deadOf(moment)), unsure: moment.verdict.stale };
}

export interface Notice {
  readonly kind: "trouble" | "relief";
  readonly words: string;
}

/**
 * Returns what to call for now. Each death causes one call. While the state is unknown there is one
 * call for that, and none for deaths.
 */
export function noticeOf(moment: Moment, called: Called): [Notice | undefined, Called] {
  const { spoken, stale } = moment.verdict;
  if (stale) {
    const notice: Notice = { kind: "trouble", words: spoken };
    return [called.unsure ? undefined : notice, { ...called, unsure: true }];
  }
  const dead = new Set(deadOf(moment));
  const after: Called = { dead, unsure: false };
  const isNews = [...dead].some((id) => !called.dead.has(id));
  if (isNews) return [{ kind: "trouble", words: spoken }, after];
  const isOver = dead.size === 0 && (called.dead.size > 0 || called.unsure);
  return [isOver ? { kind: "relief", words: spoken } : undefined, after];
}

/** Returns the title of a notification. */
export function noticeTitle({ kind }: Notice): string {
  return text(kind === "trouble" ? "device.trouble" : "device.relief");
}

function deadOf({ nodes, now }: Moment): readonly string[] {
  return nodes.filter((node) => node.liveness === "dead" && !isInMaintenance(node, now))
    .map(({ id }) => id);
}
