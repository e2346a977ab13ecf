/** One sentence and one colour for the whole cluster. Never a green light that is not known to be true. */

import type { ClusterView, NodeView } from "../../core/feed.ts";
import type { Liveness } from "../../core/liveness.ts";
import { lengthText } from "../words/age.ts";
import { clockText, sinceText, type Zone } from "../words/instant.ts";
import { shownName } from "../words/shown_name.ts";
import { criticalVitals, isNeedy, troubleFirst } from "../list/trouble.ts";
import { vitalLabel } from "../words/vital_text.ts";

/** `well` is the one green; `asleep`: all stopped on purpose; `unsure`: nobody knows. */
export type Tone = "well" | "attention" | "down" | "asleep" | "unsure";

/** A piece of a sentence: our own words, or a stranger's name, which is kept apart. */
export type Piece = string | { readonly name: string };

export interface Verdict {
  readonly tone: Tone;
  readonly sentence: readonly Piece[];
  /** The sentence for a screen reader: it does not change as time passes. */
  readonly spoken: string;
  /** What to know beside it, each a sentence of its own. */
  readonly notes: readonly (readonly Piece[])[];
  /** Nodes that are known to be dead, for the sign in the tab. */
  readonly deadCount: number;
  /** What the cards show is old or in doubt: grey them. */
  readonly stale: boolean;
}

/** Whether the page hears the hub, and since when it does not. */
export type Hearing =
  | { readonly kind: "live" }
  | { readonly kind: "silent"; readonly silentMs: number; readonly asOf: string | undefined };

/** More names than this are counted instead. */
const NAMED_MAX = 2;
/** More notes than this are counted instead. */
const NOTES_MAX = 3;
/** A first connection may take this long before the page calls it missing. */
const PATIENCE_MS = 3000;

/** A silence below this has no length worth telling. */
const SHORTEST_MS = 1000;

/** What a person should know first. */
export function verdictOf(view: ClusterView | undefined, hearing: Hearing, zone?: Zone): Verdict {
  if (hearing.kind === "silent") return lost(hearing, zone);
  if (view === undefined) return unsure(["Connecting to the hub…"], []);
  if (view.blind) return blind(view, view.blind, zone);
  return verdictOfNodes(troubleFirst(view.nodes));
}

/** The sentence as plain text, for the tab and for screen readers. */
export function plainText(pieces: readonly Piece[]): string {
  return pieces.map((piece) => typeof piece === "string" ? piece : piece.name).join("");
}

function lost(hearing: Hearing & { kind: "silent" }, zone: Zone): Verdict {
  if (hearing.asOf === undefined && hearing.silentMs < PATIENCE_MS) {
    return unsure(["Connecting to the hub…"], []);
  }
  const seen = hearing.asOf === undefined
    ? "Nothing is known yet."
    : `What you see is from ${clockText(hearing.asOf, zone)}.`;
  const spoken = "No connection to the hub";
  const isShort = hearing.silentMs < SHORTEST_MS;
  const sentence = isShort ? spoken : `${spoken} for ${lengthText(hearing.silentMs)}`;
  return { ...unsure([sentence], [[seen]]), spoken };
}

function blind(
  view: ClusterView,
  why: { readonly since: string; readonly reason: string },
  zone: Zone,
): Verdict {
  const since = sinceText(why.since, view.at, zone);
  return unsure([`The hub cannot see the broker since ${since}`], [
    [asSentence(why.reason)],
    ["The Pis may be well or not: what you see is what was last known."],
  ]);
}

/** The hub gives its reason as a clause: `it has just started`. */
function asSentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

function unsure(sentence: readonly Piece[], notes: Verdict["notes"]): Verdict {
  const spoken = plainText(sentence);
  return { tone: "unsure", sentence, spoken, notes, deadCount: 0, stale: true };
}

function verdictOfNodes(nodes: readonly NodeView[]): Verdict {
  const needs = nodes.filter(isNeedy).map(need);
  const [tone, sentence] = toneAndSentence(nodes, needs.length > 0);
  return {
    tone,
    sentence,
    spoken: plainText(sentence),
    notes: shortened(needs),
    deadCount: nodes.filter((node) => node.liveness === "dead").length,
    stale: false,
  };
}

/** The worst that is true decides. */
function toneAndSentence(nodes: readonly NodeView[], needy: boolean): [Tone, readonly Piece[]] {
  const by = (liveness: Liveness) => nodes.filter((node) => node.liveness === liveness);
  const total = nodes.length;
  if (total === 0) return ["unsure", ["No Pi has reported yet"]];
  const dead = by("dead");
  if (dead.length > 0) return ["down", are(dead, total, "down")];
  const suspect = by("suspect");
  if (suspect.length > 0) return ["attention", are(suspect, total, "late")];
  const unknown = by("unknown");
  if (unknown.length > 0) return ["unsure", notHeard(unknown, total)];
  const alive = by("alive");
  const left = by("left");
  if (alive.length === 0) return ["asleep", are(left, total, "stopped on purpose")];
  const sentence = [...are(alive, alive.length, "up"), ...alsoLeft(left)];
  return [needy ? "attention" : "well", sentence];
}

/** *John Snow is down*, *John Snow and Khal Drogo are down*, *5 of 20 Pis are down*, *All 6 Pis are down*. */
function are(some: readonly NodeView[], total: number, word: string): readonly Piece[] {
  const subject = subjectOf(some, total, word === "up" || word === "stopped on purpose");
  return [...subject, some.length === 1 ? ` is ${word}` : ` are ${word}`];
}

function notHeard(some: readonly NodeView[], total: number): readonly Piece[] {
  if (some.length === total && total > 1) return [`None of the ${total} Pis has been heard yet`];
  const verb = some.length === 1 ? "has" : "have";
  return [...subjectOf(some, total, false), ` ${verb} not been heard yet`];
}

/** Trouble has a name as long as names are few; peace is counted. */
function subjectOf(some: readonly NodeView[], total: number, peace: boolean): readonly Piece[] {
  const [first, second] = some;
  if (first && !second) return [{ name: shownName(first) }];
  if (first && second && some.length <= NAMED_MAX && !peace) {
    return [{ name: shownName(first) }, " and ", { name: shownName(second) }];
  }
  if (some.length < total) return [`${some.length} of ${total} Pis`];
  return [total === 2 ? "Both Pis" : `All ${total} Pis`];
}

function alsoLeft(left: readonly NodeView[]): readonly Piece[] {
  return left.length === 0 ? [] : [`, ${left.length} stopped on purpose`];
}

function need(node: NodeView): readonly Piece[] {
  const critical = criticalVitals(node).map((name) => `${vitalLabel(name)} critical`);
  return [{ name: shownName(node) }, `: ${[...node.warnings, ...critical].join(", ")}`];
}

function shortened(notes: Verdict["notes"]): Verdict["notes"] {
  if (notes.length <= NOTES_MAX) return notes;
  return [...notes.slice(0, NOTES_MAX - 1), [
    `and ${notes.length - NOTES_MAX + 1} more need a look`,
  ]];
}
