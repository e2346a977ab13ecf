/** The part of a message about nodes that are down. */

import type { DeathCause } from "../../detection/node_state.ts";
import { plainText } from "../../text/plain_text.ts";
import type { CommonCause, DownItem, RecoveredItem, StillDownItem } from "../alert.ts";
import type { Cause } from "../cause.ts";
import { durationText } from "./duration_text.ts";
import { cutText, nameList, nameOf } from "./names.ts";
import { isAmple, type RenderContext, type Section } from "./section.ts";

/** Advice if only the agent is silent. */
const AGENT_ADVICE = "Try there: systemctl status agent";
/** The causes of death that have their own text. Every other one is shown as silence. */
const WORDS_OF_CAUSE: ReadonlyMap<Cause, Words> = new Map<DeathCause, Words>([
  ["not_back", {
    one: "did not come back from a reboot",
    several: "did not come back from a reboot",
  }],
  ["not_started", {
    one: "did not come back from a restart of its agent",
    several: "did not come back from a restart of their agents",
  }],
  ["not_returned", {
    one: "did not come back after it stopped",
    several: "did not come back after they stopped",
  }],
  ["agent_silent", {
    one: "answers, but its agent is silent",
    several: "answer, but their agents are silent",
  }],
]);
const WORDS_OF_SILENCE: Words = { one: "is down", several: "are down" };
/** Fewer deaths have no common cause. */
const TOGETHER_MIN = 2;
const NEVER_HEARD = "Not heard since the hub started watching.";

/** The text for one node, and for several. */
interface Words {
  readonly one: string;
  readonly several: string;
}

type Death = DownItem | StillDownItem | RecoveredItem;

/** People count from the last sign of life, not from the moment of the verdict. */
export function downSinceMs({ lastHeardMs, diedAtMs }: Death): number {
  return Math.min(lastHeardMs ?? diedAtMs, diedAtMs);
}

/** New deaths: first those with a common cause, as one, then the others. */
export function downSections(
  down: readonly DownItem[],
  common: CommonCause | undefined,
): readonly Section[] {
  const members = new Set(common?.nodes);
  const together = down.filter(({ node }) => members.has(node));
  const isCommon = common !== undefined && together.length >= TOGETHER_MIN;
  const others = isCommon ? down.filter(({ node }) => !members.has(node)) : down;
  return [
    ...(isCommon ? [commonSection(together, common)] : []),
    ...plainSections(others.filter(({ cause }) => !WORDS_OF_CAUSE.has(cause)), WORDS_OF_SILENCE),
    ...[...WORDS_OF_CAUSE].flatMap(([cause, words]) =>
      plainSections(others.filter((one) => one.cause === cause), words)
    ),
  ];
}

/** Reminders, because nothing has changed. */
export function stillDownSections(still: readonly StillDownItem[]): readonly Section[] {
  const [first] = still;
  if (first === undefined) return [];
  const count = still.length;
  const sincesMs = still.map(downSinceMs);
  const sinceMs = Math.min(...sincesMs);
  const isOneInstant = sincesMs.every((oneMs) => oneMs === sinceMs);
  return [{
    item: { label: "still down", count },
    sentence: (detail, context) => {
      const since = `since ${context.formatTime(sinceMs)}`;
      const length = sofarText(sinceMs, context);
      const full = length === undefined ? since : `${since} (${length})`;
      if (count > 1) {
        const head = `${count} Pis are still down`;
        const names = nameList(still, context);
        if (!isAmple(detail)) return `${head}: ${names}.`;
        return `${head}, ${isOneInstant ? full : `the first ${full}`}: ${names}.`;
      }
      const head = `${nameOf(first, context)} is still down`;
      return detail === "bare" ? `${head}.` : `${head}, ${isAmple(detail) ? full : since}.`;
    },
  }];
}

function commonSection(
  together: readonly DownItem[],
  { group, of, isElsewhere }: Pick<CommonCause, "group" | "of" | "isElsewhere">,
): Section {
  const count = together.length;
  const place = plainText(group ?? "");
  if (isElsewhere && count >= of) return siteSection(together, place);
  const who = count >= of ? `All ${count} Pis` : `${count} of ${of} Pis`;
  return {
    item: { label: "down", count },
    sentence: (detail, context) => {
      const where = place === "" ? "" : ` of ${cutText(place, context.nameLength)}`;
      const head = `${who}${where} are down at once: ${nameList(together, context)}.`;
      return isAmple(detail) ? `${head} ${lastHeardText(together, context)}` : head;
    },
  };
}

/**
 * All Pis of another network: the hub cannot know whether they are down or the path to them is cut.
 */
function siteSection(together: readonly DownItem[], place: string): Section {
  const count = together.length;
  return {
    item: { label: "cannot be reached", count },
    sentence: (detail, context) => {
      const where = place === "" ? "Your Pis" : cutText(place, context.nameLength);
      const head = `${where} cannot be reached (${count} Pis): ${nameList(together, context)}.`;
      return isAmple(detail) ? `${head} ${lastHeardText(together, context)}` : head;
    },
  };
}

function plainSections(down: readonly DownItem[], words: Words): readonly Section[] {
  const [first] = down;
  if (first === undefined) return [];
  return [{
    item: { label: "down", count: down.length },
    sentence: (detail, context) => {
      if (down.length > 1) {
        const head = `${down.length} Pis ${words.several}: ${nameList(down, context)}.`;
        return isAmple(detail) ? `${head} ${lastHeardText(down, context)}` : head;
      }
      const head = `${nameOf(first, context)} ${words.one}`;
      const advice = first.cause === "agent_silent" && detail === "rich" ? ` ${AGENT_ADVICE}` : "";
      if (isAmple(detail)) return `${head}. ${oneHeardText(first, context)}${advice}`;
      if (detail === "bare" || first.lastHeardMs === undefined) return `${head}.`;
      return `${head}, last heard ${context.formatTime(first.lastHeardMs)}.`;
    },
  }];
}

function oneHeardText({ lastHeardMs }: DownItem, context: RenderContext): string {
  if (lastHeardMs === undefined) return NEVER_HEARD;
  const heard = `Last heard ${context.formatTime(lastHeardMs)}`;
  const length = sofarText(lastHeardMs, context);
  return length === undefined ? `${heard}.` : `${heard}, silent for ${length}.`;
}

function lastHeardText(down: readonly DownItem[], { formatTime }: RenderContext): string {
  const heard = down.flatMap(({ lastHeardMs }) => lastHeardMs ?? []);
  if (heard.length === 0) return NEVER_HEARD;
  const first = formatTime(Math.min(...heard));
  const last = formatTime(Math.max(...heard));
  const span = first === last ? first : `${first} to ${last}`;
  const unheard = down.length - heard.length;
  return unheard === 0 ? `Last heard ${span}.` : `Last heard ${span}, ${unheard} of them never.`;
}

/** How long it had lasted at the decision; `undefined` if the message is late. */
function sofarText(sinceMs: number, { knownUntilMs }: RenderContext): string | undefined {
  return knownUntilMs === undefined ? undefined : durationText(knownUntilMs - sinceMs);
}
