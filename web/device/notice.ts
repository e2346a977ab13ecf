/** What a person who does not look should be called for. Pure: what was, what is, what to say. */

import type { NodeView } from "../../core/api/feed.ts";
import { isInMaintenance } from "../status/trouble.ts";
import type { Verdict } from "../status/verdict.ts";
import { text } from "../texts/texts.ts";

/** What the page knew at one moment. */
export interface Moment {
  readonly verdict: Pick<Verdict, "spoken" | "stale">;
  readonly nodes: readonly NodeView[];
  /** The hub's time. */
  readonly now: string;
}

/** What a person was called for last. */
export interface Called {
  /** Ids of those that he was called for. */
  readonly dead: ReadonlySet<string>;
  /** He knows that nothing is known. */
  readonly unsure: boolean;
}

/** Nothing that is so when the page is opened is news: he sees it. */
export function calledAtFirst(moment: Moment): Called {
  return { dead: new Set(deadOf(moment)), unsure: moment.verdict.stale };
}

export interface Notice {
  readonly kind: "trouble" | "relief";
  readonly words: string;
}

/**
 * What to call for now. A death is called once; while nothing is known nobody is called for a death,
 * but once for not knowing.
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

/** The words of a notice's title. */
export function noticeTitle({ kind }: Notice): string {
  return text(kind === "trouble" ? "device.trouble" : "device.relief");
}

function deadOf({ nodes, now }: Moment): readonly string[] {
  return nodes.filter((node) => node.liveness === "dead" && !isInMaintenance(node, now))
    .map(({ id }) => id);
}
