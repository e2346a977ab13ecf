/** An alert as text for people: at most one SMS where names allow. */

import type { Alert, DownNotice, RecoveryNotice } from "./alert.ts";
import { smsParts } from "./sms.ts";

/** More names do not fit into one SMS, however short they are. */
const NAMES_MAX = 60;
/** A list is not cut below this before names and details are. */
const NAMES_MIN = 3;
/** To what lengths names are cut, in this order, when whole ones do not fit. */
const NAME_LENGTHS: readonly number[] = [Infinity, 40, 24, 16, 10];
const NAME_LENGTH_MIN = 10;

/** How much is told of each kind of news. */
interface Detail {
  readonly down: "full" | "brief";
  readonly recovered: "full" | "brief";
}
/** A recovery may lose its details to save a name; a death loses them last. */
const RICH: readonly Detail[] = [
  { down: "full", recovered: "full" },
  { down: "full", recovered: "brief" },
];
const BRIEF: Detail = { down: "brief", recovered: "brief" };

/** What one wording of an alert is made with. */
interface Wording {
  readonly detail: Detail;
  /** How many names a list shows, and how long each may be. */
  readonly names: number;
  readonly nameLength: number;
  readonly formatTime: (atMs: number) => string;
}

/**
 * The text of an alert: the fullest wording that fits one SMS, else the briefest. `formatTime` writes
 * an instant for the reader, e.g. `14:02:11`. Names lose control characters and line breaks, as they
 * could forge another message.
 */
export function alertText(alert: Alert, formatTime: (atMs: number) => string): string {
  let text = "";
  for (const wording of wordings(alert, formatTime)) {
    text = wordedText(alert, wording);
    if (smsParts(text).parts === 1) return text;
  }
  return text;
}

/** All wordings, from the fullest to the briefest. */
function* wordings(alert: Alert, formatTime: (atMs: number) => string): Iterable<Wording> {
  const longest = Math.min(NAMES_MAX, Math.max(alert.down.length, alert.recovered.length));
  const fewest = Math.min(NAMES_MIN, longest);
  for (const details of [RICH, [BRIEF]]) {
    for (const nameLength of NAME_LENGTHS) {
      for (const detail of details) {
        for (let names = longest; names >= fewest; names--) {
          yield { detail, names, nameLength, formatTime };
        }
      }
    }
  }
  for (let names = fewest - 1; names >= 1; names--) {
    yield { detail: BRIEF, names, nameLength: NAME_LENGTH_MIN, formatTime };
  }
}

function wordedText(alert: Alert, wording: Wording): string {
  const up = alert.recovered.filter((notice) => notice.now === "alive");
  const left = alert.recovered.filter((notice) => notice.now === "left");
  const sentences = [
    downText(alert.down, alert.atMs, wording),
    recoveryText(up, "alive", wording),
    recoveryText(left, "left", wording),
  ];
  // Times as some languages write them hold spaces that the GSM alphabet does not have.
  return sentences.filter((sentence) => sentence !== "").join(" ").replace(/\s+/g, " ");
}

function downText(down: readonly DownNotice[], atMs: number, wording: Wording): string {
  const [first] = down;
  if (first === undefined) return "";
  const { detail, formatTime } = wording;
  const isFull = detail.down === "full";
  const heard = down.flatMap((notice) => notice.lastHeardMs ?? []);
  if (down.length > 1) {
    const head = `${down.length} Pis are down: ${nameList(down, wording)}.`;
    return isFull ? `${head} ${lastHeardText(heard, down.length, formatTime)}` : head;
  }
  const name = nameOf(first, wording);
  if (first.lastHeardMs === undefined) {
    return isFull
      ? `${name} is down. Not heard since the hub started watching.`
      : `${name} is down.`;
  }
  const time = formatTime(first.lastHeardMs);
  if (!isFull) return `${name} is down, last heard ${time}.`;
  return `${name} is down. Last heard ${time}, silent for ${
    durationText(atMs - first.lastHeardMs)
  }.`;
}

function lastHeardText(
  heard: readonly number[],
  count: number,
  formatTime: (atMs: number) => string,
): string {
  if (heard.length === 0) return "Not heard since the hub started watching.";
  const first = formatTime(Math.min(...heard));
  const last = formatTime(Math.max(...heard));
  const span = first === last ? first : `${first} to ${last}`;
  const unheard = count - heard.length;
  return unheard === 0 ? `Last heard ${span}.` : `Last heard ${span}, ${unheard} of them never.`;
}

function recoveryText(
  recovered: readonly RecoveryNotice[],
  now: RecoveryNotice["now"],
  wording: Wording,
): string {
  const [first] = recovered;
  if (first === undefined) return "";
  const isFull = wording.detail.recovered === "full";
  const from = wording.formatTime(Math.min(...recovered.map(downSinceMs)));
  const to = wording.formatTime(Math.max(...recovered.map((notice) => notice.recoveredAtMs)));
  const downMs = Math.max(...recovered.map((one) => one.recoveredAtMs - downSinceMs(one)));
  const length = durationText(downMs);
  if (recovered.length > 1) {
    const state = now === "alive" ? "up again" : "now stopped";
    const head = `${recovered.length} Pis are ${state}: ${nameList(recovered, wording)}.`;
    return isFull ? `${head} They were down for up to ${length}, from ${from} to ${to}.` : head;
  }
  const state = now === "alive" ? `up again after ${length}` : `now stopped, after ${length} down`;
  const head = `${nameOf(first, wording)} is ${state}.`;
  return isFull ? `${head} It was down from ${from} to ${to}.` : head;
}

/** People count from the last sign of life, not from when it was given up. */
function downSinceMs(notice: RecoveryNotice): number {
  return Math.min(notice.lastHeardMs ?? notice.diedAtMs, notice.diedAtMs);
}

type Named = Pick<DownNotice, "node" | "name">;

function nameList(notices: readonly Named[], wording: Wording): string {
  const shown = notices.slice(0, wording.names).map((notice) => nameOf(notice, wording)).join(", ");
  const more = notices.length - wording.names;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function nameOf(notice: Named, wording: Wording): string {
  const name = plainName(notice.name) || plainName(notice.node);
  const characters = [...name];
  if (characters.length <= wording.nameLength) return name;
  return `${characters.slice(0, wording.nameLength - 3).join("").trimEnd()}...`;
}

/** Without control characters, line breaks and marks that turn the direction of what follows. */
function plainName(name: string): string {
  return name.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
}

const SECOND_MS = 1000;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** A length of time by its two largest units: `14 s`, `5 min 3 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND_MS));
  if (seconds >= DAY_S) return units(seconds, [DAY_S, "d"], [HOUR_S, "h"]);
  if (seconds >= HOUR_S) return units(seconds, [HOUR_S, "h"], [MINUTE_S, "min"]);
  if (seconds >= MINUTE_S) return units(seconds, [MINUTE_S, "min"], [1, "s"]);
  return `${seconds} s`;
}

type Unit = readonly [seconds: number, label: string];

function units(seconds: number, [large, largeLabel]: Unit, [small, smallLabel]: Unit): string {
  const rest = Math.floor((seconds % large) / small);
  const first = `${Math.floor(seconds / large)} ${largeLabel}`;
  return rest === 0 ? first : `${first} ${rest} ${smallLabel}`;
}
