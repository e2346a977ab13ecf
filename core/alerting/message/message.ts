/** An alert as text for people: at most one SMS, even if there is much to report. */

import type { Alert } from "../alert.ts";
import { gsmText, smsParts } from "../sms.ts";
import { type Detail, itemList, type RenderContext, type Section } from "./section.ts";
import { sectionsOf } from "./sections.ts";

/** If a message is sent more than this after the alert was decided, it says so. */
const LATE_MS = 60_000;
const LATE = " Delivered late.";
const UNSAVED = " Not saved yet: the hub's disk does not answer.";
/** More names do not fit into one SMS, even if they are short. */
const NAMES_MAX = 60;
/** A list keeps this many names until names and details have been shortened. */
const NAMES_MIN = 3;
/** The maximum lengths of names, tried in this order when whole names do not fit. */
const NAME_LENGTHS: readonly number[] = [Infinity, 40, 24, 16];
const NAME_LENGTH_MIN = 10;

/** One way to write the message: the detail of each section, and how many names at what length. */
interface Plan {
  /** This many sections, from the first, are written in this detail, ... */
  readonly better: number;
  readonly detail: Detail;
  /** ... and the others in this one. */
  readonly lesser: Detail | "item";
  readonly nameLength: number;
  /** The largest number of names in a list. As many as fit are shown. */
  readonly namesMost: number;
  readonly namesFewest: number;
}

export interface MessageOptions {
  /**
   * When the message is actually sent, on the alert's clock. It was decided at the alert's `atMs`.
   */
  readonly sentAtMs?: number;
  /** The hub's disk does not answer, so the message is only in its memory. */
  readonly isUnsaved?: boolean;
}

/**
 * Returns the text of an alert: the most detailed one that fits one SMS. `formatTime` formats an
 * instant for the reader, e.g. `14:02:11`. Control characters and line breaks are removed from
 * names, because they could forge another message. Typography is written in the SMS alphabet if
 * that halves the price.
 */
export function alertText(
  alert: Alert,
  formatTime: (atMs: number) => string,
  { sentAtMs = alert.atMs, isUnsaved = false }: MessageOptions = {},
): string {
  const isLate = sentAtMs - alert.atMs > LATE_MS;
  const facts = {
    formatTime: remembered(formatTime),
    knownUntilMs: isLate ? undefined : alert.atMs,
  };
  const sections = sectionsOf(alert);
  const suffix = (isLate ? LATE : "") + (isUnsaved && !tellsOfDisk(alert) ? UNSAVED : "");
  for (const plan of plans(sections.length, alert.items.length)) {
    const write = (names: number): string =>
      written(sections, plan, { ...facts, names, nameLength: plan.nameLength }) + suffix;
    const text = withMostNames(plan, write);
    if (fits(text)) return text;
  }
  return shortList(sections, suffix);
}

/** Returns as many items as fit, if an alert has more kinds of news than fit in one SMS. */
function shortList(sections: readonly Section[], suffix: string): string {
  const write = (count: number): string =>
    gsmText(`In short: ${itemList(sections.slice(0, count))}, and more.`) + suffix;
  let count = sections.length - 1;
  while (count > 1 && !fits(write(count))) count--;
  return write(count);
}

/** Whether the alert itself reports that the hub's history is not written. */
function tellsOfDisk({ items }: Alert): boolean {
  return items.some((item) =>
    item.kind === "fault" && item.subject.kind === "hub" &&
    item.subject.fault === "history_not_written"
  );
}

/** The plans from the most detailed to the shortest. The last sections are shortened first. */
function* plans(sections: number, items: number): Iterable<Plan> {
  const namesMost = Math.min(NAMES_MAX, items);
  const namesFewest = Math.min(NAMES_MIN, namesMost);
  const rich = { better: sections, detail: "rich", lesser: "full" } as const;
  const allNames = { nameLength: Infinity, namesMost, namesFewest: namesMost };
  const someNames = { namesMost, namesFewest };
  const fewNames = { nameLength: NAME_LENGTH_MIN, namesMost: namesFewest, namesFewest: 1 };
  yield { ...rich, ...allNames };
  // The most important sections keep their details even if fewer names then fit.
  const full = steps(sections, "full", "brief").slice(0, sections);
  const brief = steps(sections, "brief", "bare").slice(0, sections);
  for (const step of full) yield { ...step, ...allNames };
  for (const someSteps of [full, brief]) {
    for (const nameLength of NAME_LENGTHS) {
      for (const step of someSteps) yield { ...step, ...someNames, nameLength };
    }
  }
  for (const step of brief) yield { ...step, ...someNames, nameLength: NAME_LENGTH_MIN };
  for (const step of steps(sections, "bare", "item")) yield { ...step, ...fewNames };
}

/** Steps from all sections in the first detail to all sections in the second. */
function steps(
  sections: number,
  detail: Detail,
  lesser: Detail | "item",
): readonly Pick<Plan, "better" | "detail" | "lesser">[] {
  return Array.from({ length: sections + 1 }, (_, given) => ({
    better: sections - given,
    detail,
    lesser,
  }));
}

/** Returns a text with as many names as fit, or the one with the fewest. */
function withMostNames(plan: Plan, write: (names: number) => string): string {
  const { namesMost, namesFewest } = plan;
  const most = write(namesMost);
  if (namesMost === namesFewest || fits(most)) return most;
  const fewest = write(namesFewest);
  if (!fits(fewest)) return fewest;
  for (let names = namesMost - 1; names > namesFewest; names--) {
    const text = write(names);
    if (fits(text)) return text;
  }
  return fewest;
}

function fits(text: string): boolean {
  return smsParts(text).parts === 1;
}

function written(sections: readonly Section[], plan: Plan, context: RenderContext): string {
  const { better, detail, lesser } = plan;
  const sentences: string[] = [];
  const rest: Section[] = [];
  for (const [index, section] of sections.entries()) {
    const chosen = index < better ? detail : lesser;
    if (chosen === "item") rest.push(section);
    else sentences.push(section.sentence(chosen, context));
  }
  if (rest.length > 0) {
    sentences.push(`${sentences.length === 0 ? "In short" : "Also"}: ${itemList(rest)}.`);
  }
  // In some languages times contain spaces that the GSM alphabet does not have.
  return gsmText(sentences.join(" ").replace(/\s+/g, " "));
}

/** Caches the texts, because formatting an instant is slow and many plans format the same few. */
function remembered(formatTime: (atMs: number) => string): (atMs: number) => string {
  const texts = new Map<number, string>();
  return (atMs) => {
    const known = texts.get(atMs);
    if (known !== undefined) return known;
    const text = formatTime(atMs);
    texts.set(atMs, text);
    return text;
  };
}
