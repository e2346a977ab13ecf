/** The part of a message about nodes that are no longer down, or were away for a moment. */

import type { RebootedItem, RecoveredItem } from "../alert.ts";
import { downSinceMs } from "./deaths.ts";
import { durationText } from "./duration_text.ts";
import { nameList, nameOf } from "./names.ts";
import { type Detail, isAmple, type RenderContext, type Section } from "./section.ts";

/**
 * Ends of deaths. Running nodes come before stopped ones, and reported deaths before unreported
 * ones.
 */
export function recoveredSections(recovered: readonly RecoveredItem[]): readonly Section[] {
  const told = recovered.filter(({ wasTold }) => wasTold);
  const untold = recovered.filter(({ wasTold }) => !wasTold);
  return (["alive", "left"] as const).flatMap((now) => [
    ...sections(told.filter((one) => one.now === now), toldText),
    ...sections(untold.filter((one) => one.now === now), untoldText),
  ]);
}

/** Nodes that were not dead long enough to count, but lost their power or crashed. */
export function rebootedSections(rebooted: readonly RebootedItem[]): readonly Section[] {
  const [first] = rebooted;
  if (first === undefined) return [];
  return [{
    item: { label: "rebooted", count: rebooted.length },
    sentence: (detail, context) => {
      if (rebooted.length > 1) {
        const names = nameList(rebooted, context);
        return `${rebooted.length} Pis came back after unexpected reboots: ${names}.`;
      }
      const head = `${nameOf(first, context)} came back after an unexpected reboot`;
      if (!isAmple(detail)) return `${head}.`;
      const { backAtMs, lastHeardMs } = first;
      const at = `${head} at ${context.formatTime(backAtMs)}.`;
      if (lastHeardMs === undefined) return at;
      return `${at} It was silent for ${durationText(backAtMs - lastHeardMs)}.`;
    },
  }];
}

/** The common facts of some recoveries. All recoveries of one section have the same `now`. */
interface Recoveries {
  readonly items: readonly RecoveredItem[];
  readonly first: RecoveredItem;
  readonly fromMs: number;
  readonly toMs: number;
  /** The longest of their durations. */
  readonly downMs: number;
}

type Teller = (recoveries: Recoveries, detail: Detail, context: RenderContext) => string;

function sections(items: readonly RecoveredItem[], teller: Teller): readonly Section[] {
  const [first] = items;
  if (first === undefined) return [];
  const recoveries = {
    items,
    first,
    fromMs: Math.min(...items.map(downSinceMs)),
    toMs: Math.max(...items.map(({ recoveredAtMs }) => recoveredAtMs)),
    downMs: Math.max(...items.map((one) => one.recoveredAtMs - downSinceMs(one))),
  };
  const label = first.now === "alive" ? "up again" : "stopped";
  return [{
    item: { label, count: items.length },
    sentence: (detail, context) => {
      const text = teller(recoveries, detail, context);
      return detail === "rich" ? `${text}${rebootText(items)}` : text;
    },
  }];
}

function toldText(
  { items, first, ...facts }: Recoveries,
  detail: Detail,
  context: RenderContext,
): string {
  const isUp = first.now === "alive";
  const span = spanText(facts, context);
  const length = durationText(facts.downMs);
  const bare = isUp ? "up again" : "now stopped";
  if (items.length > 1) {
    const head = `${items.length} Pis are ${bare}: ${nameList(items, context)}.`;
    return isAmple(detail) ? `${head} They were down for up to ${length}, ${span}.` : head;
  }
  const name = nameOf(first, context);
  if (detail === "bare") return `${name} is ${bare}.`;
  const head = `${name} is ${bare}${isUp ? ` after ${length}` : `, after ${length} down`}.`;
  return isAmple(detail) ? `${head} It was down ${span}.` : head;
}

/** People were not notified of its beginning, so the message reports both. */
function untoldText(
  { items, first, ...facts }: Recoveries,
  detail: Detail,
  context: RenderContext,
): string {
  const state = first.now === "alive" ? "up again" : "now stopped";
  const span = spanText(facts, context);
  const length = durationText(facts.downMs);
  if (items.length > 1) {
    const head = `${items.length} Pis were down and are ${state}: ${nameList(items, context)}.`;
    return isAmple(detail) ? `${head} They were down for up to ${length}, ${span}.` : head;
  }
  const name = nameOf(first, context);
  if (detail === "bare") return `${name} was down and is ${state}.`;
  const when = isAmple(detail) ? `${span} (${length})` : `for ${length}`;
  return `${name} was down ${when} and is ${state}.`;
}

function spanText(
  { fromMs, toMs }: Pick<Recoveries, "fromMs" | "toMs">,
  { formatTime }: RenderContext,
): string {
  return `from ${formatTime(fromMs)} to ${formatTime(toMs)}`;
}

/** Nodes that lost their power: deaths without another explanation. */
function rebootText(items: readonly RecoveredItem[]): string {
  const count = items.filter(({ rebooted, now }) => rebooted && now === "alive").length;
  if (count === 0) return "";
  if (items.length === 1) return " It came back after an unexpected reboot.";
  if (count === items.length) return " They came back after unexpected reboots.";
  const reboots = count === 1 ? "an unexpected reboot" : "unexpected reboots";
  return ` ${count} of them came back after ${reboots}.`;
}
