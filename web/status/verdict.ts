/**
 * One sentence and one colour for the whole cluster. It is green only if everything is known to be
 * well.
 */

import type { ClusterView } from "../../core/api/feed.ts";
import type { NodeView, StorageFault } from "../../core/api/node_view.ts";
import type { Liveness } from "../../core/detection/liveness.ts";
import { pieces, text } from "../texts/texts.ts";
import { lengthText } from "../words/age.ts";
import { clockText, sinceText, type Zone } from "../words/instant.ts";
import { warningsOf } from "../words/node_warnings.ts";
import { shownName } from "../words/shown_name.ts";
import { vitalLabel } from "../words/vital_text.ts";
import { criticalVitals, isFailing, isInMaintenance, isNeedy, troubleFirst } from "./trouble.ts";

/** `well` is the only green one; `asleep`: all stopped on purpose; `unsure`: unknown. */
export type Severity = "well" | "attention" | "down" | "asleep" | "unsure";

/** A piece of a sentence: our own words, or a foreign name, which is isolated. */
export type Piece = string | { readonly name: string };

export interface Verdict {
  readonly severity: Severity;
  readonly sentence: readonly Piece[];
  /** The sentence for a screen reader, which does not change as time passes. */
  readonly spoken: string;
  /** Further notes, each a sentence. */
  readonly notes: readonly (readonly Piece[])[];
  /** The number of nodes known to be dead, for the tab's icon. */
  readonly deadCount: number;
  /** The cards' data is old or uncertain, so they are grey. */
  readonly stale: boolean;
}

/** Whether the page is connected to the hub, or since when not. */
export type ConnectionState =
  | { readonly kind: "live" }
  | { readonly kind: "silent"; readonly silentMs: number; readonly asOf: string | undefined };

/** The input of the verdict. */
export type VerdictInput = Pick<ClusterView, "at" | "blind" | "nodes">;

/** Further names are counted. */
const NAMED_MAX = 2;
/** Further notes are counted. */
const NOTES_MAX = 3;
/** How long a first connection may take before the page reports a problem. */
const PATIENCE_MS = 3000;

const AGENT_COMMAND = "systemctl status agent";

/** A shorter silence is not shown as a duration. */
const SHORTEST_MS = 1000;

/** Returns what a person must know first. */
export function verdictOf(
  view: VerdictInput | undefined,
  hearing: ConnectionState,
  zone?: Zone,
): Verdict {
  if (hearing.kind === "silent") return lost(hearing, zone);
  if (view === undefined) return unsure([text("verdict.connecting")], []);
  if (view.blind) return blind(view, view.blind, zone);
  return verdictOfNodes(view);
}

/** The sentence as plain text, for the tab and for screen readers. */
export function plainText(sentence: readonly Piece[]): string {
  return sentence.map((piece) => typeof piece === "string" ? piece : piece.name).join("");
}

function lost(hearing: ConnectionState & { kind: "silent" }, zone: Zone): Verdict {
  if (hearing.asOf === undefined && hearing.silentMs < PATIENCE_MS) {
    return unsure([text("verdict.connecting")], []);
  }
  const seen = hearing.asOf === undefined
    ? text("verdict.nothingKnown")
    : text("verdict.seenFrom", { when: clockText(hearing.asOf, zone) });
  const spoken = text("verdict.lost");
  const sentence = hearing.silentMs < SHORTEST_MS
    ? spoken
    : text("verdict.lostFor", { length: lengthText(hearing.silentMs) });
  return { ...unsure([sentence], [[seen]]), spoken };
}

function blind(
  view: VerdictInput,
  { since: from, code }: NonNullable<ClusterView["blind"]>,
  zone: Zone,
): Verdict {
  const since = sinceText(from, view.at, zone);
  const isOfNetwork = code === "no_link" || code === "network";
  return unsure([text(isOfNetwork ? "verdict.blindOfNetwork" : "verdict.blind", { since })], [
    [text(`verdict.blind_${code}`)],
    [text("verdict.blindHint")],
  ]);
}

function unsure(sentence: readonly Piece[], notes: Verdict["notes"]): Verdict {
  const spoken = plainText(sentence);
  return { severity: "unsure", sentence, spoken, notes, deadCount: 0, stale: true };
}

function verdictOfNodes(view: VerdictInput): Verdict {
  const { nodes } = view;
  const needy = nodes.filter(isNeedy);
  const [severity, sentence] = severityAndSentence(view, needy.length > 0);
  return {
    severity,
    sentence,
    spoken: plainText(sentence),
    notes: [
      ...nodes.filter(isAgentSilent).slice(0, NOTES_MAX).map(agentNote),
      ...notesOf(needy, view.at),
    ],
    deadCount: nodes.filter((node) => node.liveness === "dead").length,
    stale: false,
  };
}

/** The worst state decides. */
function severityAndSentence(
  { nodes, at }: VerdictInput,
  needy: boolean,
): [Severity, readonly Piece[]] {
  const by = (liveness: Liveness) => nodes.filter((node) => node.liveness === liveness);
  const total = nodes.length;
  if (total === 0) return ["unsure", [text("verdict.nonePi")]];
  const dead = by("dead");
  const surprising = dead.filter((node) => !isInMaintenance(node, at));
  if (surprising.length > 0) return ["down", are("down", dead, total)];
  const failing = nodes.filter((node) => isFailing(node) && !isInMaintenance(node, at));
  if (failing.length > 0) return ["down", are(failureOf(failing), failing, total)];
  const suspect = by("suspect");
  if (suspect.length > 0) return ["attention", are("late", suspect, total)];
  const unknown = by("unknown");
  if (unknown.length > 0) return ["unsure", notHeard(unknown, total)];
  if (dead.length > 0) return ["asleep", are("downInMaintenance", dead, total)];
  const alive = by("alive");
  const left = by("left");
  if (alive.length === 0) {
    return ["asleep", are(areOnPurpose(left) ? "stopped" : "away", left, total)];
  }
  const sentence = alsoLeft(are("up", alive, alive.length), left);
  return [needy ? "attention" : "well", sentence];
}

type Word =
  | "down"
  | "failing"
  | `failing_${StorageFault}`
  | "downInMaintenance"
  | "late"
  | "notHeard"
  | "stopped"
  | "away"
  | "up";

/** Names the failure if a single Pi is affected. */
function failureOf([first, ...more]: readonly NodeView[]): Word {
  const fault = more.length === 0 ? first?.storage?.fault : undefined;
  return fault === undefined ? "failing" : `failing_${fault}`;
}

/**
 * *John Snow is down*, *John Snow and Khal Drogo are down*, *5 of 20 Pis are down*, *All 6 Pis are
 * down*.
 */
function are(word: Word, some: readonly NodeView[], total: number): readonly Piece[] {
  const who = subjectOf(some, total, word === "up" || word === "stopped" || word === "away");
  const slots = { who: SUBJECT, count: some.length };
  return pieces(`verdict.${word}`, slots).flatMap((piece) => piece === SUBJECT ? who : [piece]);
}

/** A placeholder for the subject, which is replaced by its pieces. */
const SUBJECT: Piece = { name: "" };

function notHeard(some: readonly NodeView[], total: number): readonly Piece[] {
  if (some.length === total && total > 1) return [text("verdict.noneHeard", { total })];
  return are("notHeard", some, total);
}

/** A few nodes in trouble are named; nodes without trouble are counted. */
function subjectOf(some: readonly NodeView[], total: number, isCalm: boolean): readonly Piece[] {
  const [first, second] = some.length <= NAMED_MAX ? troubleFirst(some) : [];
  if (first && !second) return [{ name: shownName(first) }];
  if (first && second && !isCalm) {
    const names = { first: { name: shownName(first) }, second: { name: shownName(second) } };
    return pieces("verdict.and", names);
  }
  if (some.length < total) return [text("verdict.some", { count: some.length, total })];
  return [total === 2 ? text("verdict.both") : text("verdict.all", { total })];
}

/** All have stopped with a reason, and none is expected back, as before a restart. */
function areOnPurpose(left: readonly NodeView[]): boolean {
  return left.every(({ farewell }) =>
    farewell === null || farewell === "stop" || farewell === "poweroff"
  );
}

function alsoLeft(sentence: readonly Piece[], left: readonly NodeView[]): readonly Piece[] {
  if (left.length === 0) return sentence;
  const key = areOnPurpose(left) ? "verdict.alsoStopped" : "verdict.alsoAway";
  return pieces(key, { sentence: SUBJECT, count: left.length })
    .flatMap((piece) => piece === SUBJECT ? sentence : [piece]);
}

function isAgentSilent({ agent_silent }: NodeView): boolean {
  return agent_silent;
}

/** A failed agent needs other advice than a failed power supply. */
function agentNote(node: NodeView): readonly Piece[] {
  const slots = { who: { name: shownName(node) }, command: AGENT_COMMAND };
  return pieces("verdict.agentSilent", slots);
}

function need(node: NodeView, now: string): readonly Piece[] {
  const critical = criticalVitals(node).map((name) =>
    text("vital.levelled", { vital: vitalLabel(name), level: text("vital.critical") })
  );
  const what = [...warningsOf(node, now), ...critical].join(", ");
  return pieces("verdict.need", { who: { name: shownName(node) }, what });
}

function notesOf(needy: readonly NodeView[], now: string): Verdict["notes"] {
  const ordered = needy.length > 1 ? troubleFirst(needy) : needy;
  const notes = (nodes: readonly NodeView[]) => nodes.map((node) => need(node, now));
  if (ordered.length <= NOTES_MAX) return notes(ordered);
  const count = ordered.length - NOTES_MAX + 1;
  return [...notes(ordered.slice(0, NOTES_MAX - 1)), [text("verdict.moreNeeds", { count })]];
}
